-- Of the fans who came to an event ($2: its number), how many had come to how many shows before; $3: only to shows with one
-- of its artists. Another show counts as before when the first hour there was before the first hour here.
WITH firsts AS MATERIALIZED (
    SELECT f.fan, f.event, min(f.hour) AS hour
    FROM coliseum_fan_hours f
    WHERE f.tenant_id = $1 AND f.generation = coliseum_generation($1) AND f.metric = coliseum_metric($1, 'attendance')
      AND f.event <> 0
    GROUP BY f.fan, f.event
    HAVING sum(f.value) > 0
), related AS MATERIALIZED (
    SELECT DISTINCT o.event
    FROM coliseum_bills b
    JOIN coliseum_bills o ON o.tenant_id = $1 AND o.artist = b.artist
    WHERE $3 AND b.tenant_id = $1 AND b.event = $2
), earlier AS (
    SELECT h.fan, count(o.event) AS shows
    FROM firsts h
    LEFT JOIN firsts o ON o.fan = h.fan AND o.hour < h.hour AND (NOT $3 OR o.event IN (SELECT r.event FROM related r))
    WHERE h.event = $2
    GROUP BY h.fan
)
SELECT least(shows, 3)::int + 1 AS nth, count(*) AS fans
FROM earlier
GROUP BY 1
ORDER BY 1
