INSERT INTO accounts_sessions (person_id, kind, secret_digest, created_at, authenticated_at, second_factor_at, seen_at,
                               expires_at, address, agent)
VALUES ($1, $2, $3, $4, $4, $5, $4, $6, $7, $8)
RETURNING session_id
