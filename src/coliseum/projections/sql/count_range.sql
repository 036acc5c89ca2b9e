-- Counts a range of the log once, for everything that is made of it: what fans did, what everything else comes to and
-- the gross of each metric are stored (when $7 says as which generation), and what live boards gain is returned.
-- $1 tenant, $2 partition, $3 and $4 offsets, $5 offsets to leave out, $6 time zone, $7 generation;
-- $8 to $10 the numbers of the range's names, by kind and id;
-- then groups of boards that differ in their windows only, by columns: $11 number, $12 stored metric, $13 kind,
-- $14 whether events count for their bill, $15 whether different fans are counted, $16 city, $17 genre, $18 event,
-- $19 and $20 from when until when any of their windows reaches; $21 where any window begins or ends, in order.
-- A gain is that of a group between two of these instants: members, or pairs of member and fan, sums, and of members
-- the Unix millisecond of the last entry that changed them, as 8 bytes each, most significant first. A member that
-- comes to nothing is there for that moment; last_at is a maximum over entries that add something, whatever the batch.
WITH names AS MATERIALIZED (
    SELECT n.kind, n.id, n.num FROM unnest($8::text[], $9::text[], $10::int[]) AS n (kind, id, num)
), kinds (name, num) AS (
    VALUES ('tenant', 0), ('artist', 1), ('event', 2), ('fan', 3), ('user', 3), ('track', 4), ('city', 5), ('venue', 6),
           ('leaderboard', 7), ('report', 8)
), entries AS MATERIALIZED (
    SELECT e.event_type, coalesce(e.currency, '') AS currency, date_trunc('hour', e.occurred_at, $6) AS hour,
           e.subject_id AS fan, k.num AS target_kind,
           CASE WHEN e.entity_type = 'user' THEN e.entity_id::bigint ELSE ne.num END AS target,
           coalesce(na.num, 0) AS artist, coalesce(nv.num, 0) AS event, coalesce(nt.num, 0) AS track,
           coalesce(nc.num, 0) AS city,
           e.value, e.value * coalesce((e.metadata ->> 'durationSeconds')::bigint, 0) AS seconds, e.occurred_at
    FROM passport_entries e
    LEFT JOIN kinds k ON k.name = e.entity_type
    LEFT JOIN names ne ON ne.kind = e.entity_type AND ne.id = e.entity_id
    LEFT JOIN names na ON na.kind = 'artist' AND na.id = e.artist_id
    LEFT JOIN names nv ON nv.kind = 'event' AND nv.id = e.event_id
    LEFT JOIN names nt ON nt.kind = 'track' AND nt.id = e.track_id
    LEFT JOIN names nc ON nc.kind = 'city' AND nc.id = e.city
    WHERE e.tenant_id = $1 AND e.partition = $2 AND e."offset" >= $3 AND e."offset" < $4
      AND e."offset" <> ALL ($5::bigint[]) AND e.value <> 0
), counted AS MATERIALIZED ( -- kind: NULL for whatever the entry is aimed at
    SELECT r.event_type, types.currency, m.num AS metric, m.id AS stored_metric, k.num AS kind,
           r.measure = 'seconds' AS in_seconds
    FROM (SELECT DISTINCT x.event_type, x.currency FROM entries x) AS types
    JOIN coliseum_rules r ON r.event_type = types.event_type
    JOIN names m ON m.kind = 'metric'
        AND m.id = CASE WHEN r.money THEN r.metric || ':' || types.currency ELSE r.metric END
    LEFT JOIN kinds k ON k.name = r.kind
), contexts AS MATERIALIZED (
    SELECT x.event_type, x.currency, x.hour, x.target_kind, x.target, x.artist, x.event, x.track, x.city,
           sum(x.value)::bigint AS value, sum(x.seconds)::bigint AS seconds,
           sum(abs(x.value)) AS gross, sum(abs(x.seconds)) AS gross_seconds,
           max(x.occurred_at) AS last_at, max(x.occurred_at) FILTER (WHERE x.seconds <> 0) AS last_seconds_at
    FROM entries x
    GROUP BY x.event_type, x.currency, x.hour, x.target_kind, x.target, x.artist, x.event, x.track, x.city
), grossed AS (
    INSERT INTO coliseum_gross AS g (tenant_id, generation, metric, gross)
    SELECT $1, $7, k.stored_metric, sum(CASE WHEN k.in_seconds THEN c.gross_seconds ELSE c.gross END) AS gross
    FROM contexts c
    JOIN counted k ON k.event_type = c.event_type AND k.currency = c.currency
    WHERE $7::smallint IS NOT NULL AND k.kind = 0
    GROUP BY k.stored_metric
    HAVING sum(CASE WHEN k.in_seconds THEN c.gross_seconds ELSE c.gross END) <> 0
    ORDER BY k.stored_metric
    ON CONFLICT (tenant_id, generation, metric) DO UPDATE SET gross = g.gross + excluded.gross
), counts AS MATERIALIZED ( -- every kind of entity in its contexts by the hour
    SELECT t.metric, t.kind, t.hour, t.entity, t.artist, t.event, t.city, sum(t.value)::bigint AS value,
           max(t.last_at) AS last_at
    FROM (
        SELECT k.metric, coalesce(k.kind, c.target_kind) AS kind, c.hour,
               CASE k.kind WHEN 0 THEN 0 WHEN 1 THEN nullif(c.artist, 0) WHEN 2 THEN nullif(c.event, 0)
                           WHEN 4 THEN nullif(c.track, 0) WHEN 5 THEN nullif(c.city, 0) ELSE c.target END AS entity,
               CASE WHEN k.kind = 0 THEN 0 ELSE c.artist END AS artist,
               CASE WHEN k.kind = 0 THEN 0 ELSE c.event END AS event,
               CASE WHEN k.kind = 0 THEN 0 ELSE c.city END AS city,
               CASE WHEN k.in_seconds THEN c.seconds ELSE c.value END AS value,
               CASE WHEN k.in_seconds THEN c.last_seconds_at ELSE c.last_at END AS last_at
        FROM contexts c
        JOIN counted k ON k.event_type = c.event_type AND k.currency = c.currency
        WHERE k.kind IS DISTINCT FROM 3
    ) AS t
    WHERE t.entity IS NOT NULL AND t.last_at IS NOT NULL
    GROUP BY t.metric, t.kind, t.hour, t.entity, t.artist, t.event, t.city
), by_fans AS MATERIALIZED ( -- one by one: hardly two of them are alike
    SELECT k.metric, x.hour, x.fan AS entity, x.artist, x.event, x.track, x.city,
           CASE WHEN k.in_seconds THEN x.seconds ELSE x.value END AS value, x.occurred_at AS last_at
    FROM entries x
    JOIN counted k ON k.event_type = x.event_type AND k.currency = x.currency
    WHERE k.kind = 3 AND x.fan IS NOT NULL AND CASE WHEN k.in_seconds THEN x.seconds ELSE x.value END <> 0
), added AS ( -- in the order of the index
    INSERT INTO coliseum_hours AS h
        (tenant_id, generation, metric, kind, hour, entity, artist, event, city, value, last_at)
    SELECT $1, $7, metric, kind, hour, entity, artist, event, city, value, last_at
    FROM counts
    WHERE $7::smallint IS NOT NULL AND kind <> 3
    ORDER BY metric, kind, hour, entity, artist, event, city
    ON CONFLICT (tenant_id, generation, metric, kind, hour, entity, artist, event, city)
    DO UPDATE SET value = h.value + excluded.value, last_at = greatest(h.last_at, excluded.last_at)
), done_by_fans AS (
    INSERT INTO coliseum_fan_hours
        (tenant_id, generation, metric, hour, fan, artist, event, track, city, value, last_at)
    SELECT $1, $7, metric, hour, entity, artist, event, track, city, value, last_at
    FROM by_fans
    WHERE $7::smallint IS NOT NULL
    UNION ALL
    SELECT $1, $7, metric, hour, entity, artist, event, 0, city, value, last_at
    FROM counts
    WHERE $7::smallint IS NOT NULL AND kind = 3
), boards AS MATERIALIZED ( -- what unique fans are counted from are the fans' own numbers, and what bills are, events'
    SELECT w.board, m.num AS metric, w.kind, w.bill, w.fans, w.city, w.genre, w.event, v.num AS event_num,
           coalesce(w.since, '-infinity') AS since, coalesce(w.until, 'infinity') AS until,
           CASE WHEN w.fans THEN 3 ELSE w.kind END AS of_kind
    FROM unnest($11::int[], $12::text[], $13::int[], $14::bool[], $15::bool[], $16::text[], $17::text[], $18::text[],
                $19::timestamptz[], $20::timestamptz[])
        AS w (board, stored_metric, kind, bill, fans, city, genre, event, since, until)
    JOIN names m ON m.kind = 'metric' AND m.id = w.stored_metric
    LEFT JOIN names v ON v.kind = 'event' AND v.id = w.event
), billed_events AS MATERIALIZED (
    SELECT d.event, (SELECT n.id FROM coliseum_names n WHERE n.tenant_id = $1 AND n.num = d.event) AS id
    FROM (
        SELECT DISTINCT c.event FROM counts c WHERE c.kind = 2 AND c.metric IN (SELECT metric FROM boards WHERE bill)
    ) AS d
), bills AS MATERIALIZED (
    SELECT DISTINCT b.event,
           (SELECT n.num::int FROM coliseum_names n WHERE n.tenant_id = $1 AND n.kind = 'artist' AND n.id = billed.id)
               AS artist
    FROM billed_events b
    CROSS JOIN LATERAL unnest(
        (SELECT e.artist_ids FROM catalog_events e WHERE e.tenant_id = $1 AND e.id = b.id)
    ) AS billed (id)
), facts AS MATERIALIZED (
    SELECT c.metric, c.kind, false AS bill, c.hour, c.entity, c.artist, c.event, 0 AS track, c.city, c.value, c.last_at
    FROM counts c
    WHERE (c.metric, c.kind) IN (SELECT metric, of_kind FROM boards WHERE NOT bill)
    UNION ALL
    SELECT f.metric, 3, false, f.hour, f.entity, f.artist, f.event, f.track, f.city, f.value, f.last_at
    FROM by_fans f
    WHERE f.metric IN (SELECT metric FROM boards WHERE of_kind = 3)
    UNION ALL
    SELECT c.metric, 1, true, c.hour, b.artist, b.artist, c.event, 0, c.city, c.value, c.last_at
    FROM counts c
    JOIN bills b ON b.event = c.event
    WHERE c.kind = 2 AND b.artist IS NOT NULL AND c.metric IN (SELECT metric FROM boards WHERE bill)
), placed AS MATERIALIZED ( -- whose place in the catalogue a board asks for
    SELECT f.metric, f.kind, f.bill, f.hour, f.entity, f.artist, f.event, f.track, f.city, f.value, f.last_at
    FROM facts f
    WHERE (f.metric, f.kind, f.bill) IN (
        SELECT metric, of_kind, bill FROM boards WHERE city IS NOT NULL OR genre IS NOT NULL
    )
), artists AS MATERIALIZED (
    SELECT d.artist, a.city, ARRAY(SELECT DISTINCT unnest(a.genres)) AS genres
    FROM (SELECT DISTINCT artist FROM placed) AS d
    CROSS JOIN LATERAL (
        SELECT a.city, a.genres FROM catalog_artists a
        WHERE a.tenant_id = $1 AND a.id = (SELECT n.id FROM coliseum_names n WHERE n.tenant_id = $1 AND n.num = d.artist)
        LIMIT 1
    ) AS a
), events AS MATERIALIZED ( -- genres only when a board asks for them
    SELECT d.event,
           coalesce(e.city, (SELECT v.city FROM catalog_venues v WHERE v.tenant_id = $1 AND v.id = e.venue_id)) AS city,
           CASE WHEN EXISTS (SELECT FROM boards WHERE genre IS NOT NULL) THEN ARRAY(
               SELECT DISTINCT g.genre
               FROM unnest(e.artist_ids) AS billed (id)
               CROSS JOIN LATERAL unnest(
                   (SELECT a.genres FROM catalog_artists a WHERE a.tenant_id = $1 AND a.id = billed.id)
               ) AS g (genre)
           ) END AS genres
    FROM (SELECT DISTINCT event FROM placed) AS d
    CROSS JOIN LATERAL (
        SELECT e.city, e.venue_id, e.artist_ids FROM catalog_events e
        WHERE e.tenant_id = $1 AND e.id = (SELECT n.id FROM coliseum_names n WHERE n.tenant_id = $1 AND n.num = d.event)
        LIMIT 1
    ) AS e
), places AS MATERIALIZED (
    SELECT p.metric, p.kind, p.bill, p.hour, p.entity, p.artist, p.event, p.track, p.value, p.last_at,
           coalesce(nc.id, ep.city, ap.city) AS city, coalesce(ap.genres, ep.genres) AS genres
    FROM placed p
    LEFT JOIN artists ap ON ap.artist = p.artist
    LEFT JOIN events ep ON ep.event = p.event
    LEFT JOIN names nc ON nc.kind = 'city' AND nc.num = p.city
), gained AS ( -- one branch for each first filter, so that each finds its boards by equality; a second one is checked
    SELECT b.board, b.kind, b.fans, f.hour, f.entity, f.artist, f.event, f.track, f.value, f.last_at
    FROM facts f
    JOIN boards b ON b.metric = f.metric AND b.of_kind = f.kind AND b.bill = f.bill
    WHERE b.city IS NULL AND b.genre IS NULL AND b.event IS NULL AND f.hour >= b.since AND f.hour < b.until
    UNION ALL
    SELECT b.board, b.kind, b.fans, f.hour, f.entity, f.artist, f.event, f.track, f.value, f.last_at
    FROM facts f
    JOIN boards b ON b.metric = f.metric AND b.of_kind = f.kind AND b.bill = f.bill AND b.event_num = f.event
    WHERE b.city IS NULL AND b.genre IS NULL AND f.hour >= b.since AND f.hour < b.until
    UNION ALL
    SELECT b.board, b.kind, b.fans, p.hour, p.entity, p.artist, p.event, p.track, p.value, p.last_at
    FROM places p
    JOIN boards b ON b.metric = p.metric AND b.of_kind = p.kind AND b.bill = p.bill AND b.city = p.city
    WHERE p.hour >= b.since AND p.hour < b.until
      AND (b.event IS NULL OR b.event_num = p.event) AND (b.genre IS NULL OR b.genre = ANY (p.genres))
    UNION ALL
    SELECT b.board, b.kind, b.fans, p.hour, p.entity, p.artist, p.event, p.track, p.value, p.last_at
    FROM places p
    CROSS JOIN LATERAL unnest(p.genres) AS g (genre)
    JOIN boards b ON b.metric = p.metric AND b.of_kind = p.kind AND b.bill = p.bill AND b.genre = g.genre
    WHERE b.city IS NULL AND p.hour >= b.since AND p.hour < b.until AND (b.event IS NULL OR b.event_num = p.event)
), gains AS (
    SELECT g.board, width_bucket(g.hour, $21::timestamptz[]) AS stretch,
           CASE WHEN NOT g.fans THEN g.entity WHEN g.kind = 1 THEN g.artist WHEN g.kind = 2 THEN g.event ELSE g.track END
               AS member,
           CASE WHEN g.fans THEN g.entity END AS fan,
           sum(g.value)::bigint AS value, floor(extract(epoch FROM max(g.last_at)) * 1000)::bigint AS last_ms
    FROM gained g
    GROUP BY g.fans, 1, 2, 3, 4
    HAVING sum(g.value) <> 0 OR NOT g.fans
)
SELECT board, stretch,
       string_agg(CASE WHEN fan IS NULL THEN int8send(member) ELSE int8send(member) || int8send(fan) END, ''::bytea)
           AS members,
       string_agg(int8send(value), ''::bytea) AS sums,
       string_agg(int8send(last_ms), ''::bytea) FILTER (WHERE fan IS NULL) AS lasts
FROM gains
WHERE member <> 0
GROUP BY board, stretch
