WITH unit AS (
    SELECT generation FROM processor_units WHERE tenant_id = $1 AND consumer = 'coliseum'
), grains AS (
    SELECT * FROM (VALUES (0, 'hour'), (1, 'day'), (2, 'week'), (3, 'month')) AS g (grain, label)
), expected AS (
    SELECT f.metric, f.kind, g.grain, coliseum_bucket(g.label, f.occurred_at, $3) AS bucket, f.entity_id, f.artist_id,
           f.event_id, f.track_id, f.city, sum(f.amount) AS value, max(f.occurred_at) AS last_at
    FROM unit
    JOIN processor_cursors c ON c.tenant_id = $1 AND c.consumer = 'coliseum' AND c.generation = unit.generation
    JOIN audit_facts f ON f.tenant_id = $1 AND f.partition = c.partition AND f."offset" < c."offset"
    CROSS JOIN grains g
    WHERE (f.kind <> 'fan' OR g.grain = 0) -- what fans did is kept by the hour only
      AND f.amount <> 0
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
), kept AS (
    SELECT r.metric, r.kind, r.grain::int, r.bucket, r.entity::bigint, r.artist, r.event, 0 AS track, r.city, r.value,
           r.last_at
    FROM unit JOIN coliseum_rollups r ON r.tenant_id = $1 AND r.generation = unit.generation
    UNION ALL
    SELECT i.metric, i.kind, g.grain, coliseum_bucket(g.label, i.hour, $3), i.entity, i.artist, i.event, 0, i.city, i.value,
           i.last_at
    FROM unit JOIN coliseum_hours i ON i.tenant_id = $1 AND i.generation = unit.generation
    CROSS JOIN grains g
    UNION ALL
    SELECT f.metric, 3, 0, f.hour, f.fan, f.artist, f.event, f.track, f.city, f.value, f.last_at
    FROM unit JOIN coliseum_fan_hours f ON f.tenant_id = $1 AND f.generation = unit.generation
), stored AS (
    SELECT m.id AS metric, (ARRAY['tenant', 'artist', 'event', 'fan', 'track', 'city', 'venue', 'leaderboard',
                                  'report'])[r.kind + 1] AS kind,
           r.grain, r.bucket,
           CASE r.kind WHEN 0 THEN '' WHEN 3 THEN r.entity::text ELSE ne.id END AS entity_id,
           coalesce(na.id, '') AS artist_id, coalesce(nv.id, '') AS event_id, coalesce(nt.id, '') AS track_id,
           coalesce(nc.id, '') AS city, sum(r.value) AS value, max(r.last_at) AS last_at
    FROM kept r
    JOIN coliseum_names m ON m.tenant_id = $1 AND m.num = r.metric
    LEFT JOIN coliseum_names ne ON ne.tenant_id = $1 AND ne.num = r.entity
    LEFT JOIN coliseum_names na ON na.tenant_id = $1 AND na.num = r.artist
    LEFT JOIN coliseum_names nv ON nv.tenant_id = $1 AND nv.num = r.event
    LEFT JOIN coliseum_names nt ON nt.tenant_id = $1 AND nt.num = r.track
    LEFT JOIN coliseum_names nc ON nc.tenant_id = $1 AND nc.num = r.city
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
)
SELECT concat_ws(' ', metric, kind, grain, bucket, entity_id, artist_id, event_id, track_id, city) AS key,
       concat_ws(' last ', coalesce(s.value, 0), s.last_at) AS stored,
       concat_ws(' last ', coalesce(e.value, 0), e.last_at) AS expected
FROM expected e
FULL JOIN stored s USING (metric, kind, grain, bucket, entity_id, artist_id, event_id, track_id, city)
WHERE (e.value, e.last_at) IS DISTINCT FROM (s.value, s.last_at)
ORDER BY key
LIMIT $2
