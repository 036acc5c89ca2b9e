SELECT t.slug AS tenant, d.consumer, d.partition, d."offset", d.id, d.event_type, d.error, d.attempts, d.first_at, d.last_at
FROM processor_dead_letters d
JOIN accounts_tenants t USING (tenant_id)
WHERE ($1::text IS NULL OR t.slug = $1) AND ($2::text IS NULL OR d.id = $2)
ORDER BY d.first_at, d.consumer, d.partition, d."offset"
