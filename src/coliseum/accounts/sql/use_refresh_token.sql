WITH used AS (UPDATE accounts_refresh_tokens SET used_at = $3 WHERE token_digest = $1 RETURNING session_id),
seen AS (UPDATE accounts_sessions SET seen_at = $3 WHERE session_id = (SELECT session_id FROM used))
INSERT INTO accounts_refresh_tokens (token_digest, session_id, issued_at) SELECT $2, session_id, $3 FROM used
