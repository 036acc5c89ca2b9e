-- The tracks that were played under an artist's ($2: the number) name, by all their plays; $3: at most
SELECT n.id, coalesce(t.name, n.id) AS name, t.picture, sum(f.value)::bigint AS value, NULL::bigint AS fans
FROM coliseum_facts($1, 'plays', 4, 3, NULL, NULL) AS f
JOIN coliseum_names n ON n.tenant_id = $1 AND n.num = f.entity
LEFT JOIN catalog_tracks t ON t.tenant_id = $1 AND t.id = n.id
GROUP BY n.id, t.name, t.picture
HAVING sum(f.value) FILTER (WHERE f.artist = $2::bigint) > 0
ORDER BY value DESC, n.id
LIMIT $3
