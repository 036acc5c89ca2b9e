-- What the catalogue knows of one entity; $2 its kind, $3 its id. counted: whether anything was ever counted for it
SELECT known.name, known.picture, known.city, known.country, known.genres, known.starts_at, known.capacity,
       known.venue_id, known.venue, known.artist_ids, known.duration_seconds, known.catalogued, known.counted
FROM (
    SELECT coalesce(a.name, e.name, t.name, $3) AS name, coalesce(a.picture, e.picture, t.picture) AS picture,
           coalesce(a.city, e.city, v.city) AS city, coalesce(a.country, v.country) AS country,
           coalesce(a.genres, '{}') AS genres, e.starts_at, coalesce(e.capacity, v.capacity) AS capacity, e.venue_id,
           v.name AS venue, coalesce(e.artist_ids, array_remove(ARRAY[t.artist_id], NULL)) AS artist_ids, t.duration_seconds,
           a.id IS NOT NULL OR e.id IS NOT NULL OR t.id IS NOT NULL OR $2 = 'city' AND EXISTS (
               SELECT FROM catalog_events c LEFT JOIN catalog_venues p ON p.tenant_id = $1 AND p.id = c.venue_id
               WHERE c.tenant_id = $1 AND coalesce(c.city, p.city) = $3) AS catalogued,
           CASE WHEN $2 = 'fan' THEN
                EXISTS (SELECT FROM passport_subjects s WHERE s.tenant_id = $1 AND s.user_id = $3)
           ELSE EXISTS (SELECT FROM coliseum_names n WHERE n.tenant_id = $1 AND n.kind = $2 AND n.id = $3) END AS counted
    FROM (SELECT 1) AS one
    LEFT JOIN catalog_artists a ON $2 = 'artist' AND a.tenant_id = $1 AND a.id = $3
    LEFT JOIN catalog_events e ON $2 = 'event' AND e.tenant_id = $1 AND e.id = $3
    LEFT JOIN catalog_venues v ON v.tenant_id = $1 AND v.id = e.venue_id
    LEFT JOIN catalog_tracks t ON $2 = 'track' AND t.tenant_id = $1 AND t.id = $3
) AS known
WHERE known.catalogued OR known.counted
