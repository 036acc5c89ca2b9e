SELECT e.id, e.name, e.picture, e.starts_at, coalesce(e.city, v.city) AS city, e.venue_id, v.name AS venue,
       coalesce(e.capacity, v.capacity) AS capacity, e.artist_ids
FROM catalog_events e
LEFT JOIN catalog_venues v ON v.tenant_id = e.tenant_id AND v.id = e.venue_id
WHERE e.tenant_id = $1 AND e.id = $2
