-- The shows on whose bill an artist stands that begin at or after $3, the next first; $4: at most
SELECT e.id, e.name, e.picture, e.starts_at, coalesce(e.city, v.city) AS city, e.venue_id, v.name AS venue,
       coalesce(e.capacity, v.capacity) AS capacity, e.artist_ids
FROM catalog_events e
LEFT JOIN catalog_venues v ON v.tenant_id = e.tenant_id AND v.id = e.venue_id
WHERE e.tenant_id = $1 AND e.artist_ids @> ARRAY[$2::text] AND (e.starts_at >= $3 OR e.starts_at IS NULL)
ORDER BY e.starts_at, e.id
LIMIT $4
