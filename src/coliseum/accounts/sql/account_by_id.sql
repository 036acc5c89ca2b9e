SELECT person_id, email, password_hash, password_changed_at, totp_secret, totp_confirmed_at IS NOT NULL AS has_totp,
       disabled_at IS NOT NULL AS disabled
FROM accounts_people
WHERE person_id = $1
