SELECT t.tenant_id, t.slug, t.name, t.time_zone, t.currency, t.partitions, t.plan,
       array_to_string(t.allowed_origins, ' ') AS tenant_origins, t.consent_policy = 'opt_in' AS opt_in, k.kind, k.key_id,
       k.scopes, k.origins, k.addresses, k.expires_at
FROM accounts_keys k
JOIN accounts_tenants t USING (tenant_id)
WHERE k.secret_digest = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
  AND t.suspended_at IS NULL
