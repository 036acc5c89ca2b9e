SELECT t.slug, t.name, m.role, t.suspended_at IS NOT NULL AS suspended
FROM accounts_members m
JOIN accounts_tenants t USING (tenant_id)
WHERE m.person_id = $1
ORDER BY t.slug
