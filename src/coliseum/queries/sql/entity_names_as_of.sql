-- As entity_names.sql, by what the log said of them up to a place: $3 their type in the catalogue, $4 partitions,
-- $5 offsets
WITH shown AS (
    SELECT num, id FROM coliseum_names WHERE tenant_id = $1 AND num = ANY ($2::bigint[])
)
SELECT n.num AS entity, n.id, coalesce(c.name, n.id) AS name, c.picture
FROM shown n
LEFT JOIN coliseum_catalog_as_of($1, $3, $4, $5) AS c ON c.id = n.id AND c.id = ANY (ARRAY(SELECT id FROM shown))
