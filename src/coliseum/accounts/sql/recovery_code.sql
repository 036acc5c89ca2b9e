SELECT number, code_hash FROM accounts_recovery_codes WHERE person_id = $1 AND number = $2 AND used_at IS NULL
