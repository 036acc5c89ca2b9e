SELECT u.consumer, c.partition, c."offset"
FROM processor_units u
JOIN processor_cursors c USING (tenant_id, consumer, generation)
WHERE u.tenant_id = $1
ORDER BY u.consumer, c.partition
