-- The events around $2, $3 of them before and $3 after, with the voting at each.
SELECT e.id, e.name, coalesce(v.name, e.venue_id) AS venue, coalesce(e.city, v.city) AS city, e.starts_at,
       coalesce(e.capacity, v.capacity) AS capacity, w.name AS voting
FROM (
    (SELECT * FROM catalog_events WHERE tenant_id = $1 AND starts_at <= $2 ORDER BY starts_at DESC, id LIMIT $3)
    UNION ALL
    (SELECT * FROM catalog_events WHERE tenant_id = $1 AND starts_at > $2 ORDER BY starts_at, id LIMIT $3)
) AS e
LEFT JOIN catalog_venues v ON v.tenant_id = $1 AND v.id = e.venue_id
LEFT JOIN stadium_votings w ON w.tenant_id = $1 AND w.event_id = e.id
ORDER BY e.starts_at, e.id
