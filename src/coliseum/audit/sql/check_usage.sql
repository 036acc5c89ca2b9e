WITH unit AS (
    SELECT generation FROM processor_units WHERE tenant_id = $1 AND consumer = 'usage'
), expected AS (
    SELECT (e.created_at AT TIME ZONE 'UTC')::date AS day, e.partition, split_part(e.event_type, '.', 1) AS category,
           e.source, count(*) AS entries, min(e."offset") AS first_offset, max(e."offset") AS last_offset
    FROM unit
    JOIN processor_cursors c ON c.tenant_id = $1 AND c.consumer = 'usage' AND c.generation = unit.generation
    JOIN passport_entries e ON e.tenant_id = $1 AND e.partition = c.partition AND e."offset" < c."offset"
    WHERE NOT EXISTS (
        SELECT FROM processor_dead_letters d
        WHERE d.tenant_id = $1 AND d.consumer = 'usage' AND d.partition = e.partition AND d."offset" = e."offset")
    GROUP BY 1, 2, 3, 4
), stored AS (
    SELECT u.day, u.partition, u.category, u.source, u.entries, u.first_offset, u.last_offset
    FROM unit JOIN usage_days u ON u.tenant_id = $1 AND u.generation = unit.generation
)
SELECT format('%s partition %s %s %s', day, partition, category, source) AS key,
       CASE WHEN s.entries IS NULL THEN 'none'
            ELSE format('%s from %s to %s', s.entries, s.first_offset, s.last_offset) END AS stored,
       CASE WHEN e.entries IS NULL THEN 'none'
            ELSE format('%s from %s to %s', e.entries, e.first_offset, e.last_offset) END AS expected
FROM expected e
FULL JOIN stored s USING (day, partition, category, source)
WHERE (e.entries, e.first_offset, e.last_offset) IS DISTINCT FROM (s.entries, s.first_offset, s.last_offset)
ORDER BY key
LIMIT $2
