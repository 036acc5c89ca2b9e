SELECT e.id, e.name, coalesce(v.name, e.venue_id) AS venue, coalesce(e.city, v.city) AS city, e.starts_at,
       coalesce(e.capacity, v.capacity) AS capacity
FROM catalog_events e
LEFT JOIN catalog_venues v ON v.tenant_id = e.tenant_id AND v.id = e.venue_id
WHERE e.tenant_id = $1 AND e.id = $2
