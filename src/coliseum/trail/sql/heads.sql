SELECT head.tenant_id, coalesce(tenant.slug, '') AS slug, head.number, head.hash
FROM trail_heads AS head LEFT JOIN accounts_tenants AS tenant USING (tenant_id)
ORDER BY head.tenant_id
