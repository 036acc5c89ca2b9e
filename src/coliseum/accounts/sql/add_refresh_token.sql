INSERT INTO accounts_refresh_tokens (token_digest, session_id, issued_at) VALUES ($1, $2, $3)
