UPDATE accounts_sessions
SET authenticated_at = coalesce($2, authenticated_at), second_factor_at = coalesce($3, second_factor_at),
    secret_digest = coalesce($4, secret_digest), seen_at = coalesce($2, seen_at)
WHERE session_id = $1 AND ended_at IS NULL
RETURNING session_id
