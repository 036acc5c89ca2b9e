-- Who stands on a bill together with an artist ($2: the id), by how many shows; $3: at most
SELECT o.id, coalesce(a.name, o.id) AS name, a.picture, count(*) AS value, NULL::bigint AS fans
FROM catalog_events e
CROSS JOIN LATERAL (SELECT DISTINCT unnest(e.artist_ids) AS id) AS o
LEFT JOIN catalog_artists a ON a.tenant_id = $1 AND a.id = o.id
WHERE e.tenant_id = $1 AND e.artist_ids @> ARRAY[$2::text] AND o.id <> $2
GROUP BY o.id, a.name, a.picture
ORDER BY value DESC, o.id
LIMIT $3
