SELECT u.generation
FROM processor_units u
JOIN processor_cursors c USING (tenant_id, consumer, generation)
WHERE u.tenant_id = $1 AND u.consumer = $2 AND c.partition = $3
FOR UPDATE OF c
