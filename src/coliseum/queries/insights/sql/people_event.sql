-- The fans behind a number of an event, each with the entry that makes them count: up to $9 of them behind the fan $8, and
-- how many there are. $1 tenant, $2 event, $3 which ("of" of coliseum.queries.insights.behind), $4 step (1 to 5), $5 tier
-- ('': that name none; NULL: any), $6 and $7 the stretch of time in which that entry happened
WITH acts AS MATERIALIZED (
    SELECT CASE a.event_type WHEN 'concierto.event_viewed' THEN 1 WHEN 'concierto.event_interested' THEN 2
                             WHEN 'concierto.ticket_purchased' THEN 3 WHEN 'concierto.event_attended' THEN 4 END AS step,
           a.fan, a.occurred_at AS at, a.partition, a."offset", a.event_type, coalesce(a.metadata ->> 'ticketTier', '') AS tier
    FROM coliseum_acts($1, 'event', ARRAY[$2::text],
                       ARRAY['concierto.event_viewed', 'concierto.event_interested', 'concierto.ticket_purchased',
                             'concierto.event_attended']) AS a
), follows AS MATERIALIZED (
    SELECT 'event' AS kind, a.target, a.fan, a.occurred_at AS at, a.value, a.partition, a."offset", a.event_type
    FROM coliseum_acts($1, 'event', ARRAY[$2::text], ARRAY['social.follow', 'social.unfollow']) AS a
    UNION ALL
    SELECT 'artist', a.target, a.fan, a.occurred_at, a.value, a.partition, a."offset", a.event_type
    FROM coliseum_acts($1, 'artist', coalesce((SELECT e.artist_ids FROM catalog_events e
                                               WHERE e.tenant_id = $1 AND e.id = $2), '{}'),
                       ARRAY['social.follow', 'social.unfollow']) AS a
), following AS (
    SELECT f.kind, f.target, f.fan FROM follows f GROUP BY f.kind, f.target, f.fan HAVING sum(f.value) > 0
), taken AS MATERIALIZED (
    SELECT a.step, a.fan, a.at, a.partition, a."offset", a.event_type, a.tier FROM acts a
    UNION ALL
    SELECT 5, f.fan, f.at, f.partition, f."offset", f.event_type, ''
    FROM follows f
    JOIN following w ON w.kind = f.kind AND w.target = f.target AND w.fan = f.fan
    WHERE f.value > 0
), viewed AS MATERIALIZED (
    SELECT DISTINCT ON (t.fan) t.* FROM taken t WHERE t.step = 1 ORDER BY t.fan, t.at, t.partition, t."offset"
), interested AS MATERIALIZED (
    SELECT DISTINCT ON (t.fan) t.* FROM taken t JOIN viewed b ON b.fan = t.fan AND t.at >= b.at WHERE t.step = 2
    ORDER BY t.fan, t.at, t.partition, t."offset"
), bought AS MATERIALIZED (
    SELECT DISTINCT ON (t.fan) t.* FROM taken t JOIN interested b ON b.fan = t.fan AND t.at >= b.at WHERE t.step = 3
    ORDER BY t.fan, t.at, t.partition, t."offset"
), attended AS MATERIALIZED (
    SELECT DISTINCT ON (t.fan) t.* FROM taken t JOIN bought b ON b.fan = t.fan AND t.at >= b.at WHERE t.step = 4
    ORDER BY t.fan, t.at, t.partition, t."offset"
), followed AS MATERIALIZED (
    SELECT DISTINCT ON (t.fan) t.* FROM taken t JOIN attended b ON b.fan = t.fan AND t.at >= b.at WHERE t.step = 5
    ORDER BY t.fan, t.at, t.partition, t."offset"
), reached AS MATERIALIZED (
    SELECT * FROM viewed UNION ALL SELECT * FROM interested UNION ALL SELECT * FROM bought
    UNION ALL SELECT * FROM attended UNION ALL SELECT * FROM followed
), took AS MATERIALIZED (
    SELECT DISTINCT ON (t.fan) t.* FROM taken t WHERE t.step = $4 AND ($5::text IS NULL OR t.tier = $5)
    ORDER BY t.fan, t.at, t.partition, t."offset"
), chosen AS (
    SELECT r.* FROM reached r WHERE $3 = 'reached' AND r.step = $4
    UNION ALL
    SELECT t.* FROM took t WHERE $3 = 'took'
    UNION ALL
    SELECT t.* FROM took t
    WHERE $3 = 'elsewhere' AND NOT EXISTS (SELECT FROM reached r WHERE r.step = $4 AND r.fan = t.fan)
    UNION ALL
    SELECT b.* FROM reached b
    WHERE $3 = 'dropped' AND b.step = $4 - 1
      AND NOT EXISTS (SELECT FROM reached r WHERE r.step = $4 AND r.fan = b.fan)
    UNION ALL
    SELECT t.* FROM took t
    WHERE $3 = 'absent' AND NOT EXISTS (SELECT FROM acts a WHERE a.step = 4 AND a.fan = t.fan)
), told AS MATERIALIZED (
    SELECT c.fan, c.partition, c."offset", c.event_type, c.at FROM chosen c
    WHERE c.at >= coalesce($6::timestamptz, '-infinity') AND c.at < coalesce($7::timestamptz, 'infinity')
), page AS (
    SELECT * FROM told WHERE fan > $8 ORDER BY fan LIMIT $9
)
SELECT c.people, p.fan, p.partition, p."offset", p.event_type, p.at, NULL::bigint AS shows
FROM (SELECT count(*) AS people FROM told) AS c LEFT JOIN page p ON true
ORDER BY p.fan
