-- $1 tenant, $2 and $3 where the UTC month begins and ends. What is behind the cursors is counted by days. Of what was
-- appended since, offsets say how much it is; only where it crosses the month's edges, entries are counted one by one.
WITH unit AS (
    SELECT u.generation FROM processor_units u WHERE u.tenant_id = $1 AND u.consumer = 'usage'
), waiting AS (
    SELECT c.partition, c."offset", h.head
    FROM unit
    JOIN processor_cursors c ON c.tenant_id = $1 AND c.consumer = 'usage' AND c.generation = unit.generation
    JOIN passport_heads h ON h.tenant_id = $1 AND h.partition = c.partition
    WHERE h.head > c."offset"
)
SELECT coalesce((
           SELECT sum(d.entries)
           FROM unit JOIN usage_days d ON d.tenant_id = $1 AND d.generation = unit.generation
           WHERE d.day >= ($2::timestamptz AT TIME ZONE 'UTC')::date AND d.day < ($3::timestamptz AT TIME ZONE 'UTC')::date
       ), 0)
     + coalesce((
           SELECT sum(CASE
               WHEN (SELECT e.created_at FROM passport_entries e
                     WHERE e.tenant_id = $1 AND e.partition = w.partition AND e."offset" = w."offset") >= $2
                AND (SELECT e.created_at FROM passport_entries e
                     WHERE e.tenant_id = $1 AND e.partition = w.partition AND e."offset" = w.head - 1) < $3
               THEN w.head - w."offset"
               ELSE (SELECT count(*) FROM passport_entries e
                     WHERE e.tenant_id = $1 AND e.partition = w.partition AND e."offset" >= w."offset"
                       AND e.created_at >= $2 AND e.created_at < $3)
           END)
           FROM waiting w
       ), 0)
