UPDATE accounts_sessions SET seen_at = $2 WHERE session_id = $1 AND seen_at < $2::timestamptz - interval '1 minute'
