DELETE FROM accounts_recovery_codes WHERE person_id = $1
