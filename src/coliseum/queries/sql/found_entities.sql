-- Up to $4 entities of a kind whose name or id holds a text: equal ones first, then those that begin with it, then the
-- shortest. $1 tenant, $2 kind, $3 the text. Looks at each entity of the kind once.
SELECT id, name, picture
FROM (
    SELECT n.id, coalesce(a.name, e.name, v.name, t.name, n.id) AS name,
           coalesce(a.picture, e.picture, v.picture, t.picture) AS picture
    FROM coliseum_names n
    LEFT JOIN catalog_artists a ON n.kind = 'artist' AND a.tenant_id = n.tenant_id AND a.id = n.id
    LEFT JOIN catalog_events e ON n.kind = 'event' AND e.tenant_id = n.tenant_id AND e.id = n.id
    LEFT JOIN catalog_venues v ON n.kind = 'venue' AND v.tenant_id = n.tenant_id AND v.id = n.id
    LEFT JOIN catalog_tracks t ON n.kind = 'track' AND t.tenant_id = n.tenant_id AND t.id = n.id
    WHERE n.tenant_id = $1 AND n.kind = $2
) AS named
WHERE strpos(lower(name), lower($3)) > 0 OR strpos(lower(id), lower($3)) > 0
ORDER BY id <> $3, lower(name) <> lower($3), strpos(lower(name), lower($3)) <> 1, length(name), name, id
LIMIT $4
