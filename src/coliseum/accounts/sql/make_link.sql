INSERT INTO accounts_links (secret_digest, purpose, person_id, email, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
