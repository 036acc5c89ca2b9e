UPDATE accounts_people
SET totp_confirmed_at = $2, totp_counter = $3
WHERE person_id = $1 AND totp_confirmed_at IS NULL AND totp_secret = $4 AND totp_counter < $3
RETURNING person_id
