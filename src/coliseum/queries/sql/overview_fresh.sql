-- How far counting has come: entries in the log, entries that wait, when the newest counted one arrived, and since when
-- the oldest of those that wait does. Looks at two entries of each partition.
SELECT coalesce(sum(h.head), 0)::bigint AS logged, coalesce(sum(h.head - c."offset"), 0)::bigint AS waiting,
       max((SELECT e.created_at FROM passport_entries e
            WHERE e.tenant_id = $1 AND e.partition = c.partition AND e."offset" = c."offset" - 1)) AS counted_at,
       min((SELECT e.created_at FROM passport_entries e
            WHERE e.tenant_id = $1 AND e.partition = c.partition AND e."offset" = c."offset")) AS waiting_since
FROM processor_units u
JOIN processor_cursors c USING (tenant_id, consumer, generation)
JOIN passport_heads h ON h.tenant_id = c.tenant_id AND h.partition = c.partition
WHERE u.tenant_id = $1 AND u.consumer = 'coliseum'
