UPDATE accounts_sessions
SET ended_at = $4, end_reason = $5
WHERE person_id = $1 AND ended_at IS NULL AND ($2::bigint IS NULL OR session_id = $2)
  AND ($3::bigint IS NULL OR session_id <> $3)
RETURNING session_id
