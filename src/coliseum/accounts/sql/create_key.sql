INSERT INTO accounts_keys (tenant_id, kind, secret_digest, prefix, scopes) VALUES ($1, $2, $3, $4, $5)
