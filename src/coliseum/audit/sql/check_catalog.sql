WITH expected AS (
    SELECT DISTINCT ON (e.event_type, e.entity_id) split_part(e.event_type, '.', 2) AS kind, e.entity_id AS id,
           e.metadata ->> 'name' AS name, e.partition::int, e."offset"
    FROM processor_units u
    JOIN processor_cursors c USING (tenant_id, consumer, generation)
    JOIN passport_entries e ON e.tenant_id = $1 AND e.partition = c.partition AND e."offset" < c."offset"
    WHERE u.tenant_id = $1 AND u.consumer = 'coliseum' AND e.event_category = 'catalog' AND NOT EXISTS (
        SELECT FROM processor_dead_letters d
        WHERE d.tenant_id = $1 AND d.consumer = 'coliseum' AND d.partition = e.partition AND d."offset" = e."offset")
    ORDER BY e.event_type, e.entity_id, e.occurred_at DESC, e.partition DESC, e."offset" DESC
), stored AS (
    SELECT 'artist' AS kind, id, name, partition::int, "offset" FROM catalog_artists WHERE tenant_id = $1
    UNION ALL
    SELECT 'event' AS kind, id, name, partition::int, "offset" FROM catalog_events WHERE tenant_id = $1
    UNION ALL
    SELECT 'venue' AS kind, id, name, partition::int, "offset" FROM catalog_venues WHERE tenant_id = $1
    UNION ALL
    SELECT 'track' AS kind, id, name, partition::int, "offset" FROM catalog_tracks WHERE tenant_id = $1
)
SELECT kind || ' ' || id AS key, coalesce(format('%s of %s/%s', s.name, s.partition, s."offset"), 'none') AS stored,
       coalesce(format('%s of %s/%s', e.name, e.partition, e."offset"), 'none') AS expected
FROM expected e
FULL JOIN stored s USING (kind, id)
WHERE (e.name, e.partition, e."offset") IS DISTINCT FROM (s.name, s.partition, s."offset")
ORDER BY key
LIMIT $2
