-- What one fan ($2: the subject) did: by metric alone (kind 'all') and by metric and artist, event, track and city; of each
-- the $3 largest
WITH did AS MATERIALIZED (
    SELECT m.id AS metric, f.artist, f.event, f.track, f.city, f.hour, f.value
    FROM coliseum_fan_hours f
    JOIN coliseum_names m ON m.tenant_id = $1 AND m.num = f.metric
    WHERE f.tenant_id = $1 AND f.generation = coliseum_generation($1) AND f.fan = $2
), each AS (
    SELECT d.metric, 'all' AS kind, 0 AS num, d.hour, d.value FROM did d
    UNION ALL SELECT d.metric, 'artist', d.artist, d.hour, d.value FROM did d WHERE d.artist <> 0
    UNION ALL SELECT d.metric, 'event', d.event, d.hour, d.value FROM did d WHERE d.event <> 0
    UNION ALL SELECT d.metric, 'track', d.track, d.hour, d.value FROM did d WHERE d.track <> 0
    UNION ALL SELECT d.metric, 'city', d.city, d.hour, d.value FROM did d WHERE d.city <> 0
), summed AS (
    SELECT e.metric, e.kind, e.num, sum(e.value)::bigint AS value, min(e.hour) AS first, max(e.hour) AS last,
           row_number() OVER (PARTITION BY e.metric, e.kind ORDER BY sum(e.value) DESC, e.num) AS place
    FROM each e
    GROUP BY e.metric, e.kind, e.num
    HAVING sum(e.value) <> 0
)
SELECT s.metric, s.kind, coalesce(n.id, '') AS id, coalesce(a.name, v.name, t.name, n.id, '') AS name,
       coalesce(a.picture, v.picture, t.picture) AS picture, s.value, s.first, s.last
FROM summed s
LEFT JOIN coliseum_names n ON n.tenant_id = $1 AND n.num = s.num
LEFT JOIN catalog_artists a ON s.kind = 'artist' AND a.tenant_id = $1 AND a.id = n.id
LEFT JOIN catalog_events v ON s.kind = 'event' AND v.tenant_id = $1 AND v.id = n.id
LEFT JOIN catalog_tracks t ON s.kind = 'track' AND t.tenant_id = $1 AND t.id = n.id
WHERE s.place <= $3
ORDER BY s.kind, s.metric, s.value DESC, s.num
