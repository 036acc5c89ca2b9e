SELECT session_id, kind, created_at, authenticated_at, seen_at, expires_at, second_factor_at IS NOT NULL AS second_factor,
       address, agent
FROM accounts_sessions
WHERE person_id = $1 AND ended_at IS NULL AND expires_at > $2 AND seen_at > $3
ORDER BY created_at DESC, session_id DESC
