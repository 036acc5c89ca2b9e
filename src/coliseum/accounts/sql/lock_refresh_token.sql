SELECT r.session_id, r.used_at, s.person_id, s.seen_at, s.expires_at, s.ended_at IS NOT NULL OR p.disabled_at IS NOT NULL AS ended
FROM accounts_refresh_tokens r
JOIN accounts_sessions s USING (session_id)
JOIN accounts_people p USING (person_id)
WHERE r.token_digest = $1
FOR UPDATE OF r
