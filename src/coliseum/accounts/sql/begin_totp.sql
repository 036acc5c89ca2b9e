UPDATE accounts_people SET totp_secret = $2 WHERE person_id = $1 AND totp_confirmed_at IS NULL RETURNING person_id
