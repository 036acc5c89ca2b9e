UPDATE accounts_people
SET totp_counter = $2
WHERE person_id = $1 AND totp_confirmed_at IS NOT NULL AND totp_counter < $2
RETURNING person_id
