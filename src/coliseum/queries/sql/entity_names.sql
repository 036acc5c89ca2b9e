SELECT n.num AS entity, n.id, coalesce(a.name, e.name, v.name, t.name, n.id) AS name,
       coalesce(a.picture, e.picture, v.picture, t.picture) AS picture
FROM coliseum_names n
LEFT JOIN catalog_artists a ON n.kind = 'artist' AND a.tenant_id = n.tenant_id AND a.id = n.id
LEFT JOIN catalog_events e ON n.kind = 'event' AND e.tenant_id = n.tenant_id AND e.id = n.id
LEFT JOIN catalog_venues v ON n.kind = 'venue' AND v.tenant_id = n.tenant_id AND v.id = n.id
LEFT JOIN catalog_tracks t ON n.kind = 'track' AND t.tenant_id = n.tenant_id AND t.id = n.id
WHERE n.tenant_id = $1 AND n.num = ANY ($2::bigint[])
