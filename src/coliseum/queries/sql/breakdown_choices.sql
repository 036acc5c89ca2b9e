-- What a filter can be set to, the first $2 of each: the catalogue's events (the latest first), cities and genres
(SELECT 'event' AS filter, id, coalesce(name, id) AS name
 FROM catalog_events WHERE tenant_id = $1 ORDER BY starts_at DESC NULLS LAST, id LIMIT $2)
UNION ALL
(SELECT DISTINCT 'city', c.city, c.city
 FROM (SELECT city FROM catalog_events WHERE tenant_id = $1 UNION SELECT city FROM catalog_venues WHERE tenant_id = $1
       UNION SELECT city FROM catalog_artists WHERE tenant_id = $1) AS c
 WHERE c.city <> '' ORDER BY 2 LIMIT $2)
UNION ALL
(SELECT DISTINCT 'genre', g.genre, g.genre
 FROM catalog_artists a CROSS JOIN LATERAL unnest(a.genres) AS g (genre)
 WHERE a.tenant_id = $1 ORDER BY 2 LIMIT $2)
