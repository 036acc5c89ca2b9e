-- Of the fans who came to shows on whose bill an artist ($2: the number) stands, how many came to how many of them
WITH bills AS MATERIALIZED (
    SELECT b.event FROM coliseum_bills b WHERE b.tenant_id = $1 AND b.artist = $2
), came AS (
    SELECT f.fan, f.event
    FROM coliseum_fan_hours f
    JOIN bills b ON b.event = f.event
    WHERE f.tenant_id = $1 AND f.generation = coliseum_generation($1) AND f.metric = coliseum_metric($1, 'attendance')
    GROUP BY f.fan, f.event
    HAVING sum(f.value) > 0
), shows AS (
    SELECT c.fan, count(*) AS shows FROM came c GROUP BY c.fan
)
SELECT least(shows, 4)::int AS nth, count(*) AS fans
FROM shows
GROUP BY 1
ORDER BY 1
