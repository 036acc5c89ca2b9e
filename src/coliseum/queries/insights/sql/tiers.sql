-- $1 tenant, $2 event. tier '': tickets or scans that say none. no_shows: buyers of the tier who were never scanned there
WITH acts AS MATERIALIZED (
    SELECT a.event_type = 'concierto.ticket_purchased' AS bought, coalesce(a.metadata ->> 'ticketTier', '') AS tier,
           a.fan, a.value
    FROM coliseum_acts($1, 'event', ARRAY[$2::text],
                       ARRAY['concierto.ticket_purchased', 'concierto.event_attended']) AS a
), came AS MATERIALIZED (
    SELECT DISTINCT a.fan FROM acts a WHERE NOT a.bought
)
SELECT a.tier, coalesce(sum(a.value) FILTER (WHERE a.bought), 0)::bigint AS sold,
       count(*) FILTER (WHERE a.bought) AS orders,
       count(DISTINCT a.fan) FILTER (WHERE a.bought) AS buyers,
       coalesce(sum(a.value) FILTER (WHERE NOT a.bought), 0)::bigint AS visits,
       count(DISTINCT a.fan) FILTER (WHERE NOT a.bought) AS fans,
       count(DISTINCT a.fan) FILTER (WHERE a.bought AND c.fan IS NULL) AS no_shows
FROM acts a
LEFT JOIN came c ON c.fan = a.fan
GROUP BY a.tier
ORDER BY 2 DESC, a.tier
