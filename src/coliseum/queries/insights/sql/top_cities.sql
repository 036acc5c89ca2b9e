-- Where people came to see an artist ($2: the number): visits and different fans, at shows on whose bill the artist stands
WITH bills AS MATERIALIZED (
    SELECT b.event FROM coliseum_bills b WHERE b.tenant_id = $1 AND b.artist = $2
), came AS (
    SELECT f.city, f.fan, sum(f.value) AS visits
    FROM coliseum_fan_hours f
    JOIN bills b ON b.event = f.event
    WHERE f.tenant_id = $1 AND f.generation = coliseum_generation($1) AND f.metric = coliseum_metric($1, 'attendance')
      AND f.city <> 0
    GROUP BY f.city, f.fan
)
SELECT n.id, n.id AS name, NULL::text AS picture, sum(c.visits)::bigint AS value,
       count(*) FILTER (WHERE c.visits > 0) AS fans
FROM came c
JOIN coliseum_names n ON n.tenant_id = $1 AND n.num = c.city
GROUP BY n.id
ORDER BY value DESC, n.id
LIMIT $3
