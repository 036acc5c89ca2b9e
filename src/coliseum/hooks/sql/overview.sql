SELECT t.slug AS tenant, e.endpoint_id AS id, substring(e.url FROM '^[a-z]+://([^/?#]*)') AS host, e.failing_since,
       e.disabled_reason AS disabled, count(d.state) FILTER (WHERE d.state = 'pending') AS pending,
       count(d.state) FILTER (WHERE d.state = 'failed') AS failed
FROM hooks_endpoints e
JOIN accounts_tenants t USING (tenant_id)
LEFT JOIN hooks_deliveries d USING (tenant_id, endpoint_id)
WHERE $1::text IS NULL OR t.slug = $1
GROUP BY t.slug, e.tenant_id, e.endpoint_id
ORDER BY t.slug, e.endpoint_id
