-- $1 tenant, $2 event. Of each step: how many fans took it at all, how many of them after all steps before it in their order,
-- and how many entries say so. Followers are those who follow the event or an artist on its bill now.
WITH acts AS MATERIALIZED (
    SELECT CASE a.event_type WHEN 'concierto.event_viewed' THEN 1 WHEN 'concierto.event_interested' THEN 2
                             WHEN 'concierto.ticket_purchased' THEN 3 WHEN 'concierto.event_attended' THEN 4 END AS step,
           a.fan, a.occurred_at AS at
    FROM coliseum_acts($1, 'event', ARRAY[$2::text],
                       ARRAY['concierto.event_viewed', 'concierto.event_interested', 'concierto.ticket_purchased',
                             'concierto.event_attended']) AS a
), follows AS MATERIALIZED (
    SELECT 'event' AS kind, a.target, a.fan, a.occurred_at AS at, a.value
    FROM coliseum_acts($1, 'event', ARRAY[$2::text], ARRAY['social.follow', 'social.unfollow']) AS a
    UNION ALL
    SELECT 'artist', a.target, a.fan, a.occurred_at, a.value
    FROM coliseum_acts($1, 'artist', coalesce((SELECT e.artist_ids FROM catalog_events e
                                               WHERE e.tenant_id = $1 AND e.id = $2), '{}'),
                       ARRAY['social.follow', 'social.unfollow']) AS a
), following AS (
    SELECT f.kind, f.target, f.fan FROM follows f GROUP BY f.kind, f.target, f.fan HAVING sum(f.value) > 0
), taken AS MATERIALIZED (
    SELECT a.step, a.fan, a.at FROM acts a
    UNION ALL
    SELECT 5, f.fan, f.at
    FROM follows f
    JOIN following w ON w.kind = f.kind AND w.target = f.target AND w.fan = f.fan
    WHERE f.value > 0
), viewed AS MATERIALIZED (
    SELECT t.fan, min(t.at) AS at FROM taken t WHERE t.step = 1 GROUP BY t.fan
), interested AS MATERIALIZED (
    SELECT t.fan, min(t.at) AS at FROM taken t JOIN viewed b ON b.fan = t.fan AND t.at >= b.at WHERE t.step = 2
    GROUP BY t.fan
), bought AS MATERIALIZED (
    SELECT t.fan, min(t.at) AS at FROM taken t JOIN interested b ON b.fan = t.fan AND t.at >= b.at WHERE t.step = 3
    GROUP BY t.fan
), attended AS MATERIALIZED (
    SELECT t.fan, min(t.at) AS at FROM taken t JOIN bought b ON b.fan = t.fan AND t.at >= b.at WHERE t.step = 4
    GROUP BY t.fan
), followed AS MATERIALIZED (
    SELECT t.fan FROM taken t JOIN attended b ON b.fan = t.fan AND t.at >= b.at WHERE t.step = 5 GROUP BY t.fan
), entries AS (
    SELECT a.step, count(*) AS entries FROM acts a GROUP BY a.step
    UNION ALL
    SELECT 5, count(*) FROM follows
), everybody AS (
    SELECT t.step, count(DISTINCT t.fan) AS fans FROM taken t GROUP BY t.step
)
SELECT s.step, coalesce(v.fans, 0) AS fans, coalesce(e.entries, 0) AS entries,
       CASE s.step WHEN 1 THEN (SELECT count(*) FROM viewed) WHEN 2 THEN (SELECT count(*) FROM interested)
                   WHEN 3 THEN (SELECT count(*) FROM bought) WHEN 4 THEN (SELECT count(*) FROM attended)
                   ELSE (SELECT count(*) FROM followed) END AS reached
FROM generate_series(1, 5) AS s (step)
LEFT JOIN everybody v ON v.step = s.step
LEFT JOIN entries e ON e.step = s.step
ORDER BY s.step
