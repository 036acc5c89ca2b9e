SELECT c."offset", h.head
FROM processor_units u
JOIN processor_cursors c USING (tenant_id, consumer, generation)
JOIN passport_heads h ON h.tenant_id = c.tenant_id AND h.partition = c.partition
WHERE u.tenant_id = $1 AND u.consumer = $2 AND u.generation = $3 AND u.holder = $4 AND u.epoch = $5
  AND c.partition = $6
FOR UPDATE OF c
