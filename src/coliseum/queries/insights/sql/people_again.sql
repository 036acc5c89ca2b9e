-- The fans who came to an event ($2: its number, $3: its id) as their $5th to $6th show, each with their first scan there:
-- up to $8 of them behind the fan $7, and how many there are. $4: only shows with one of its artists count as earlier; as
-- in repeats_event.sql
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
    WHERE $4 AND b.tenant_id = $1 AND b.event = $2
), told AS MATERIALIZED (
    SELECT h.fan, count(o.event) + 1 AS shows
    FROM firsts h
    LEFT JOIN firsts o ON o.fan = h.fan AND o.hour < h.hour AND (NOT $4 OR o.event IN (SELECT r.event FROM related r))
    WHERE h.event = $2
    GROUP BY h.fan
    HAVING count(o.event) + 1 BETWEEN $5::bigint AND $6::bigint
), scans AS MATERIALIZED (
    SELECT DISTINCT ON (a.fan) a.fan, a.partition, a."offset", a.event_type, a.occurred_at AS at
    FROM coliseum_acts($1, 'event', ARRAY[$3::text], ARRAY['concierto.event_attended']) AS a
    ORDER BY a.fan, a.occurred_at, a.partition, a."offset"
), page AS (
    SELECT t.fan, s.partition, s."offset", s.event_type, s.at, t.shows
    FROM told t JOIN scans s ON s.fan = t.fan
    WHERE t.fan > $7 ORDER BY t.fan LIMIT $8
)
SELECT c.people, p.fan, p.partition, p."offset", p.event_type, p.at, p.shows
FROM (SELECT count(*) AS people FROM told) AS c LEFT JOIN page p ON true
ORDER BY p.fan
