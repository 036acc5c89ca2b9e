SELECT t.tenant_id, t.slug, t.name, t.time_zone, t.currency, t.partitions, u.consumer, u.generation, u.edition, u.epoch
FROM processor_units u
JOIN accounts_tenants t USING (tenant_id)
WHERE u.holder = $1 AND u.expires_at > now()
ORDER BY t.tenant_id, u.consumer
