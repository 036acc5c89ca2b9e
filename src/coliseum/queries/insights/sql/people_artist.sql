-- The fans who came to $3 to $4 shows on whose bill an artist ($2: the number) stands, in the city $5 when it is given, each
-- with their first scan at one: up to $7 of them behind the fan $6, and how many there are
WITH bills AS MATERIALIZED (
    SELECT b.event, n.id
    FROM coliseum_bills b JOIN coliseum_names n ON n.tenant_id = $1 AND n.num = b.event
    WHERE b.tenant_id = $1 AND b.artist = $2
), came AS (
    SELECT f.fan, f.event, sum(f.value) AS visits
    FROM coliseum_fan_hours f
    JOIN bills b ON b.event = f.event
    LEFT JOIN coliseum_names n ON n.tenant_id = $1 AND n.num = f.city
    WHERE f.tenant_id = $1 AND f.generation = coliseum_generation($1) AND f.metric = coliseum_metric($1, 'attendance')
      AND ($5::text IS NULL OR n.id = $5)
    GROUP BY f.fan, f.event
), told AS MATERIALIZED (
    SELECT c.fan, count(*) FILTER (WHERE c.visits > 0) AS shows
    FROM came c
    GROUP BY c.fan
    HAVING count(*) FILTER (WHERE c.visits > 0) BETWEEN $3::bigint AND $4::bigint
), scans AS MATERIALIZED (
    SELECT DISTINCT ON (a.fan) a.fan, a.partition, a."offset", a.event_type, a.occurred_at AS at
    FROM coliseum_acts($1, 'event', ARRAY(SELECT b.id FROM bills b), ARRAY['concierto.event_attended']) AS a
    JOIN passport_entries e ON e.tenant_id = $1 AND e.partition = a.partition AND e."offset" = a."offset"
        AND e.created_at = a.created_at
    WHERE $5::text IS NULL OR e.city = $5
    ORDER BY a.fan, a.occurred_at, a.partition, a."offset"
), page AS (
    SELECT t.fan, s.partition, s."offset", s.event_type, s.at, t.shows
    FROM told t JOIN scans s ON s.fan = t.fan
    WHERE t.fan > $6 ORDER BY t.fan LIMIT $7
)
SELECT c.people, p.fan, p.partition, p."offset", p.event_type, p.at, p.shows
FROM (SELECT count(*) AS people FROM told) AS c LEFT JOIN page p ON true
ORDER BY p.fan
