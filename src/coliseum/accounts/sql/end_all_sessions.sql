UPDATE accounts_sessions SET ended_at = $2, end_reason = $3 WHERE person_id = $1 AND ended_at IS NULL
