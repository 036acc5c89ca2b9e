-- $1 tenant, $2 grain, $3 and $4 the window, $5 now, $6 the boards that are looked at
INSERT INTO coliseum_closings
    (tenant_id, grain, starts_at, ends_at, closed_at, position, parked_partitions, parked_offsets, boards)
SELECT $1, $2, $3, $4, $5, read.position, parked.partitions, parked.offsets, $6
FROM (
    SELECT array_agg(c."offset" ORDER BY c.partition) AS position
    FROM processor_units u
    JOIN processor_cursors c USING (tenant_id, consumer, generation)
    WHERE u.tenant_id = $1 AND u.consumer = 'coliseum'
) AS read
CROSS JOIN (
    SELECT coalesce(array_agg(d.partition ORDER BY d.partition, d."offset"), '{}') AS partitions,
           coalesce(array_agg(d."offset" ORDER BY d.partition, d."offset"), '{}') AS offsets
    FROM processor_dead_letters d
    WHERE d.tenant_id = $1 AND d.consumer = 'coliseum'
) AS parked
