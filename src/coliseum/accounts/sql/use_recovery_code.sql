UPDATE accounts_recovery_codes
SET used_at = $4
WHERE person_id = $1 AND number = $2 AND code_hash = $3 AND used_at IS NULL
RETURNING number
