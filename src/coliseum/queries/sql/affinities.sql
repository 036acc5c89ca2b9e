WITH weighed AS (
    SELECT a.artist, coalesce(nullif(a.city, ''), e.city, v.city) AS city, c.genres,
           a.weight * exp(-ln(2) * greatest(0, extract(epoch FROM $3::timestamptz - a.day)) / 86400 / $4::int) AS weight
    FROM mediaid_affinities a
    JOIN processor_units u ON u.tenant_id = a.tenant_id AND u.consumer = 'mediaid' AND u.generation = a.generation
    LEFT JOIN catalog_artists c ON c.tenant_id = a.tenant_id AND c.id = a.artist
    LEFT JOIN catalog_events e ON e.tenant_id = a.tenant_id AND e.id = a.event
    LEFT JOIN catalog_venues v ON v.tenant_id = a.tenant_id AND v.id = e.venue_id
    WHERE a.tenant_id = $1 AND a.subject_id = $2
)
SELECT kind, id, sum(weight)::float8 AS weight
FROM (
    SELECT 'artist' AS kind, artist AS id, weight FROM weighed WHERE artist <> ''
    UNION ALL SELECT 'city', city, weight FROM weighed WHERE city IS NOT NULL
    UNION ALL SELECT 'genre', g.genre, weight FROM weighed CROSS JOIN LATERAL unnest(genres) AS g (genre)
) AS drawn
GROUP BY kind, id
HAVING sum(weight) > 0
ORDER BY kind, weight DESC, id
