WITH numbered AS (
    SELECT m.num AS metric, k.kind,
           CASE b.kind WHEN 'tenant' THEN 0 WHEN 'fan' THEN b.entity_id::bigint ELSE ne.num END AS entity,
           coalesce(na.num, 0) AS artist, coalesce(nv.num, 0) AS event, coalesce(nt.num, 0) AS track,
           coalesce(nc.num, 0) AS city, b.hour, b.value
    FROM coliseum_batch b
    JOIN (VALUES ('tenant', 0), ('artist', 1), ('event', 2), ('fan', 3), ('track', 4), ('city', 5), ('venue', 6),
                 ('leaderboard', 7), ('report', 8)) AS k (name, kind) ON k.name = b.kind
    JOIN coliseum_names m ON m.tenant_id = $1 AND m.kind = 'metric' AND m.id = b.metric
    LEFT JOIN coliseum_names ne ON ne.tenant_id = $1 AND ne.kind = b.kind AND ne.id = b.entity_id
    LEFT JOIN coliseum_names na ON na.tenant_id = $1 AND na.kind = 'artist' AND na.id = b.artist_id
    LEFT JOIN coliseum_names nv ON nv.tenant_id = $1 AND nv.kind = 'event' AND nv.id = b.event_id
    LEFT JOIN coliseum_names nt ON nt.tenant_id = $1 AND nt.kind = 'track' AND nt.id = b.track_id
    LEFT JOIN coliseum_names nc ON nc.tenant_id = $1 AND nc.kind = 'city' AND nc.id = b.city
)
INSERT INTO coliseum_rollups AS r
    (tenant_id, generation, metric, kind, grain, bucket, entity, artist, event, track, city, value)
SELECT $1, $2, metric, kind, g.grain, coliseum_bucket(g.label, hour, $3), entity, artist, event, track, city, sum(value)
FROM numbered
CROSS JOIN (VALUES (0, 'hour'), (1, 'day'), (2, 'week'), (3, 'month')) AS g (grain, label)
GROUP BY metric, kind, g.grain, coliseum_bucket(g.label, hour, $3), entity, artist, event, track, city
ON CONFLICT (tenant_id, generation, metric, kind, grain, bucket, entity, artist, event, track, city)
DO UPDATE SET value = r.value + excluded.value
