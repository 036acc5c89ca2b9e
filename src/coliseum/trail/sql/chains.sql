-- Every chain that has left anything: a head, or entries whose head is gone.
WITH RECURSIVE chains AS (
    (SELECT tenant_id FROM trail_entries ORDER BY tenant_id LIMIT 1)
    UNION ALL
    SELECT (SELECT entry.tenant_id FROM trail_entries AS entry WHERE entry.tenant_id > chains.tenant_id
            ORDER BY entry.tenant_id LIMIT 1)
    FROM chains WHERE chains.tenant_id IS NOT NULL
)
SELECT found.tenant_id, coalesce(tenant.slug, '') AS slug, head.number, head.hash
FROM (SELECT tenant_id FROM chains UNION SELECT tenant_id FROM trail_heads UNION SELECT unnest($1::int[])) AS found
LEFT JOIN trail_heads AS head USING (tenant_id)
LEFT JOIN accounts_tenants AS tenant USING (tenant_id)
WHERE found.tenant_id IS NOT NULL
ORDER BY found.tenant_id
