-- When fans came to an event, minute by minute from its beginning on, or, when no first scan is within $4 minutes of that or
-- nobody has said when it is, from the hour ($3: time zone) of the median first scan on. Minutes before the -$4th are one,
-- and those behind the $4th are one. A fan arrives with the first scan; every later one is a re-entry. started: whether it
-- is the beginning
WITH scans AS MATERIALIZED (
    SELECT a.fan, a.occurred_at AS at, a.value
    FROM coliseum_acts($1, 'event', ARRAY[$2::text], ARRAY['concierto.event_attended']) AS a
), firsts AS MATERIALIZED (
    SELECT s.fan, min(s.at) AS at FROM scans s GROUP BY s.fan
), known AS (
    SELECT (SELECT e.starts_at
            FROM catalog_events e
            WHERE e.tenant_id = $1 AND e.id = $2
              AND EXISTS (SELECT FROM firsts f
                          WHERE f.at >= e.starts_at - make_interval(mins => $4)
                            AND f.at < e.starts_at + make_interval(mins => $4))) AS starts_at
), anchor AS MATERIALIZED (
    SELECT coalesce(k.starts_at, date_trunc('hour', (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY f.at)
                                                     FROM firsts f), $3)) AS at,
           k.starts_at IS NOT NULL AS started
    FROM known k
), moments AS (
    SELECT f.at, 1 AS arrivals, 0 AS visits FROM firsts f
    UNION ALL
    SELECT s.at, 0, s.value FROM scans s
)
SELECT a.at AS anchor, a.started, b.minute::int AS minute, sum(m.arrivals)::bigint AS arrivals,
       sum(m.visits)::bigint AS visits
FROM moments m
CROSS JOIN anchor a
CROSS JOIN LATERAL (
    SELECT greatest(-$4::int - 1, least($4::int, floor(extract(epoch FROM m.at - a.at) / 60))) AS minute
) AS b
GROUP BY 1, 2, 3
ORDER BY 3
