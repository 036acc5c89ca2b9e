SELECT u.consumer, c.partition, c."offset", h.head, h.head - c."offset" AS lag,
       (SELECT count(*) FROM processor_dead_letters d
        WHERE d.tenant_id = u.tenant_id AND d.consumer = u.consumer AND d.partition = c.partition) AS dead_letters
FROM processor_units u
JOIN processor_cursors c USING (tenant_id, consumer, generation)
JOIN passport_heads h ON h.tenant_id = c.tenant_id AND h.partition = c.partition
WHERE u.tenant_id = $1
ORDER BY u.consumer, c.partition
