SELECT person_id
FROM accounts_people
WHERE person_id = $1 AND password_changed_at IS NOT DISTINCT FROM $2 AND disabled_at IS NULL
  AND (totp_confirmed_at IS NOT NULL) = $3
FOR SHARE
