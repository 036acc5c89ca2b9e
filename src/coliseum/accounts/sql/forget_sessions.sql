DELETE FROM accounts_sessions WHERE person_id = $1 AND coalesce(ended_at, expires_at) < $2
