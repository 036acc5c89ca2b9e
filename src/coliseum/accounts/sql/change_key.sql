UPDATE accounts_keys
SET name = $3, origins = $4, addresses = $5, expires_at = $6
WHERE tenant_id = $1 AND key_id = $2
RETURNING key_id, prefix, name, kind, scopes, origins, addresses, created_at, created_by, expires_at, last_used_at,
          revoked_at, replaces
