SELECT t.slug AS tenant, d.consumer, d.partition, d."offset", d.id, d.event_type, d.error, d.attempts, d.first_at, d.last_at
FROM processor_dead_letters d
JOIN accounts_tenants t USING (tenant_id)
WHERE d.tenant_id = $1 AND d.consumer = $2 AND d.asked_at IS NOT NULL
ORDER BY d.partition, d."offset"
