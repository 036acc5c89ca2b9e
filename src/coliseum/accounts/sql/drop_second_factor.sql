UPDATE accounts_sessions SET second_factor_at = NULL WHERE session_id = $1
