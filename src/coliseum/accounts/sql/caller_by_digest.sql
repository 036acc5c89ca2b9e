SELECT t.tenant_id, t.slug, t.name, t.time_zone, t.currency, t.partitions, k.kind
FROM accounts_keys k
JOIN accounts_tenants t USING (tenant_id)
WHERE k.secret_digest = $1 AND k.revoked_at IS NULL
