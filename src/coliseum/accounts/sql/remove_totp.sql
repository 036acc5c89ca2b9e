WITH dropped AS (DELETE FROM accounts_recovery_codes WHERE person_id = $1)
UPDATE accounts_people SET totp_secret = NULL, totp_confirmed_at = NULL
WHERE person_id = $1 AND totp_confirmed_at IS NOT NULL
RETURNING person_id
