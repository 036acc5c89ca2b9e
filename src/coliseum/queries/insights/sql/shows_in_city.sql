-- The shows of a city by when they begin, those to come first, as far as they are in the catalogue; $3 now, $4 at most
SELECT e.id, e.name, e.picture, e.starts_at, coalesce(e.city, v.city) AS city, e.venue_id, v.name AS venue,
       coalesce(e.capacity, v.capacity) AS capacity, e.artist_ids
FROM catalog_events e
LEFT JOIN catalog_venues v ON v.tenant_id = e.tenant_id AND v.id = e.venue_id
WHERE e.tenant_id = $1 AND coalesce(e.city, v.city) = $2
ORDER BY abs(extract(epoch FROM e.starts_at - $3::timestamptz)) NULLS LAST, e.id
LIMIT $4
