WITH unit AS (
    SELECT generation FROM processor_units WHERE tenant_id = $1 AND consumer = 'mediaid'
), expected AS (
    SELECT e.subject_id, coliseum_bucket('day', e.occurred_at, $3) AS day, coalesce(e.artist_id, '') AS artist,
           coalesce(e.event_id, '') AS event, coalesce(e.city, '') AS city, sum(e.dna_influence) AS weight
    FROM unit
    JOIN processor_cursors c ON c.tenant_id = $1 AND c.consumer = 'mediaid' AND c.generation = unit.generation
    JOIN passport_entries e ON e.tenant_id = $1 AND e.partition = c.partition AND e."offset" < c."offset"
    WHERE e.subject_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM processor_dead_letters d
        WHERE d.tenant_id = $1 AND d.consumer = 'mediaid' AND d.partition = e.partition AND d."offset" = e."offset")
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum(e.dna_influence) <> 0
), stored AS (
    SELECT a.subject_id, a.day, a.artist, a.event, a.city, sum(a.weight) AS weight
    FROM unit JOIN mediaid_affinities a ON a.tenant_id = $1 AND a.generation = unit.generation
    GROUP BY 1, 2, 3, 4, 5
    HAVING sum(a.weight) <> 0
)
SELECT concat_ws(' ', subject_id, day, artist, event, city) AS key, coalesce(s.weight, 0)::text AS stored,
       coalesce(e.weight, 0)::text AS expected
FROM expected e
FULL JOIN stored s USING (subject_id, day, artist, event, city)
WHERE e.weight IS DISTINCT FROM s.weight
ORDER BY key
LIMIT $2
