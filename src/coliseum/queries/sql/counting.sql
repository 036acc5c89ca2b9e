-- How counting stands in the whole system, without saying whose it is: whether anything waits, and whether anybody works
SELECT coalesce(sum(h.head - c."offset"), 0)::bigint AS waiting,
       count(*) FILTER (WHERE u.expires_at > now()) AS held,
       count(*) AS units,
       max(c.updated_at) AS moved_at
FROM processor_units u
JOIN processor_cursors c USING (tenant_id, consumer, generation)
JOIN passport_heads h ON h.tenant_id = c.tenant_id AND h.partition = c.partition
WHERE u.consumer = 'coliseum'
