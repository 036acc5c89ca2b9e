-- The key that works in place of another: of those that rotate it at once, the second finds what the first has made.
SELECT key_id
FROM accounts_keys
WHERE tenant_id = $1 AND replaces = $2 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $3)
ORDER BY key_id
LIMIT 1
