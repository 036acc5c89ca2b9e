SELECT key_id, prefix, name, kind, scopes, origins, addresses, created_at, created_by, expires_at, last_used_at,
       revoked_at, replaces
FROM accounts_keys
WHERE tenant_id = $1 AND key_id = $2
FOR UPDATE
