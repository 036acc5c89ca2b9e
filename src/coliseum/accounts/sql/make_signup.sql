INSERT INTO accounts_signups (secret_digest, email, name, password_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)
