-- The shows of an artist ($4: the number) by a metric ($2, stored name), with what they come to; $3: at most
SELECT n.id, e.name, e.picture, sum(f.value)::bigint AS value, NULL::bigint AS fans
FROM coliseum_bills b
CROSS JOIN LATERAL coliseum_entity_facts($1, $2, 2, b.event, 3, '-infinity', 'infinity') AS f
JOIN coliseum_names n ON n.tenant_id = $1 AND n.num = b.event
JOIN catalog_events e ON e.tenant_id = $1 AND e.id = n.id
WHERE b.tenant_id = $1 AND b.artist = $4
GROUP BY n.id, e.name, e.picture
HAVING sum(f.value) <> 0
ORDER BY value DESC, n.id
LIMIT $3
