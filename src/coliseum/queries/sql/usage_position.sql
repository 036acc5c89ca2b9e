SELECT c."offset"
FROM processor_units u
JOIN processor_cursors c USING (tenant_id, consumer, generation)
WHERE u.tenant_id = $1 AND u.consumer = 'usage'
ORDER BY c.partition
