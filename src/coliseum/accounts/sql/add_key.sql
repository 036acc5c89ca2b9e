INSERT INTO accounts_keys (tenant_id, kind, secret_digest, prefix, name, scopes, origins, addresses, created_at,
                           created_by, expires_at, replaces)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
RETURNING key_id, prefix, name, kind, scopes, origins, addresses, created_at, created_by, expires_at, last_used_at,
          revoked_at, replaces
