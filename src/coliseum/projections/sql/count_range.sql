-- Counts a range of the log once, for everything that is made of it: what fans did, what everything else comes to and
-- the gross of each metric are stored (when $7 says as which generation), and what live boards gain is returned: for
-- each board its members, or its pairs of member and fan, and their sums.
-- $1 tenant, $2 partition, $3 and $4 offsets, $5 offsets to leave out, $6 time zone, $7 generation;
-- then the boards by columns: $8 number, $9 stored metric, $10 kind, $11 and $12 window, $13 city, $14 genre, $15 event,
-- $16 whether events count for their bill, $17 whether different fans are counted
WITH boards AS MATERIALIZED (
    SELECT w.board, m.num::int AS metric, w.kind, coalesce(w.since, '-infinity') AS since,
           coalesce(w.until, 'infinity') AS until, w.city, w.genre, w.event, w.bill, w.fans,
           coalesce(w.city, w.genre, w.event) IS NOT NULL AS filtered
    FROM unnest($8::int[], $9::text[], $10::int[], $11::timestamptz[], $12::timestamptz[], $13::text[], $14::text[],
                $15::text[], $16::bool[], $17::bool[])
        AS w (board, stored_metric, kind, since, until, city, genre, event, bill, fans)
    JOIN coliseum_names m ON m.tenant_id = $1 AND m.kind = 'metric' AND m.id = w.stored_metric
), counts AS MATERIALIZED (
    SELECT * FROM coliseum_counts(
        $1, $2::smallint, $3, $4, $5, $6, $7::smallint IS NOT NULL OR EXISTS (SELECT FROM boards WHERE fans OR kind = 3))
), incremented AS (
    INSERT INTO coliseum_increments (tenant_id, generation, metric, kind, hour, entity, artist, event, city, value)
    SELECT $1, $7, metric, kind, hour, entity, artist, event, city, value
    FROM counts
    WHERE $7::smallint IS NOT NULL AND kind <> 3 AND value <> 0
), done_by_fans AS (
    INSERT INTO coliseum_fan_hours (tenant_id, generation, metric, hour, fan, artist, event, track, city, value)
    SELECT $1, $7, metric, hour, entity, artist, event, track, city, value
    FROM counts
    WHERE $7::smallint IS NOT NULL AND kind = 3 AND value <> 0
), grossed AS (
    INSERT INTO coliseum_gross AS g (tenant_id, generation, metric, gross)
    SELECT $1, $7, stored_metric, sum(gross)
    FROM counts
    WHERE $7::smallint IS NOT NULL AND kind = 0 AND gross <> 0
    GROUP BY stored_metric
    ORDER BY stored_metric
    ON CONFLICT (tenant_id, generation, metric) DO UPDATE SET gross = g.gross + excluded.gross
), wanted AS ( -- bills count as artists; unique fans are those of the fans' own counts
    SELECT DISTINCT metric, CASE WHEN fans THEN 3 WHEN bill THEN 2 ELSE kind END AS kind FROM boards
), bills AS MATERIALIZED (
    SELECT b.event, b.artist
    FROM coliseum_bills b
    WHERE b.tenant_id = $1 AND EXISTS (SELECT FROM boards WHERE bill)
      AND b.event IN (SELECT c.event FROM counts c WHERE c.kind = 2)
), facts AS MATERIALIZED (
    SELECT c.metric, c.kind, c.hour, c.entity, c.artist, c.event, c.track, c.city, c.value, false AS billed
    FROM counts c
    JOIN wanted USING (metric, kind)
    WHERE c.value <> 0
    UNION ALL
    SELECT c.metric, 1, c.hour, b.artist, b.artist, c.event, 0, c.city, c.value, true
    FROM counts c
    JOIN bills b ON b.event = c.event
    WHERE c.kind = 2 AND c.value <> 0 AND c.metric IN (SELECT metric FROM boards WHERE bill)
), whole AS (
    SELECT metric, kind, billed, hour, entity, sum(value) AS value FROM facts GROUP BY metric, kind, billed, hour, entity
), filtered AS MATERIALIZED (
    SELECT f.*
    FROM facts f
    WHERE (f.metric, f.kind) IN (SELECT metric, CASE WHEN fans THEN 3 ELSE kind END FROM boards WHERE filtered OR fans)
), events AS MATERIALIZED ( -- each place is worked out once, and genres only when a board asks for them
    SELECT ep.event, ep.city, CASE WHEN EXISTS (SELECT FROM boards WHERE genre IS NOT NULL) THEN ep.genres END AS genres
    FROM coliseum_event_places ep
    WHERE ep.tenant_id = $1 AND ep.event IN (SELECT event FROM filtered)
), artists AS MATERIALIZED (
    SELECT ap.artist, ap.city, ap.genres
    FROM coliseum_artist_places ap
    WHERE ap.tenant_id = $1 AND ap.artist IN (SELECT artist FROM filtered)
), placed AS MATERIALIZED (
    SELECT f.metric, f.kind, f.billed, f.hour, f.entity, f.value, f.artist, f.event, f.track, nv.id AS event_id,
           coalesce(nc.id, ep.city, ap.city) AS city, coalesce(ap.genres, ep.genres) AS genres
    FROM filtered f
    LEFT JOIN artists ap ON ap.artist = f.artist
    LEFT JOIN events ep ON ep.event = f.event
    LEFT JOIN coliseum_names nc ON nc.tenant_id = $1 AND nc.num = f.city
    LEFT JOIN coliseum_names nv ON nv.tenant_id = $1 AND nv.num = f.event
), changes AS (
    SELECT board, entity, fan, sum(value)::bigint AS value
    FROM (
        SELECT b.board, w.entity, 0::bigint AS fan, w.value
        FROM whole w
        JOIN boards b ON b.metric = w.metric AND b.kind = w.kind AND b.bill = w.billed
            AND w.hour >= b.since AND w.hour < b.until
        WHERE NOT b.filtered AND NOT b.fans
        UNION ALL
        SELECT b.board,
               CASE WHEN NOT b.fans THEN p.entity WHEN b.kind = 1 THEN p.artist WHEN b.kind = 2 THEN p.event ELSE p.track
               END,
               CASE WHEN b.fans THEN p.entity ELSE 0 END, p.value
        FROM placed p
        JOIN boards b ON b.metric = p.metric AND p.kind = CASE WHEN b.fans THEN 3 ELSE b.kind END
            AND b.bill = p.billed AND p.hour >= b.since AND p.hour < b.until
        WHERE (b.filtered OR b.fans) AND (b.city IS NULL OR b.city = p.city)
          AND (b.genre IS NULL OR b.genre = ANY (p.genres)) AND (b.event IS NULL OR b.event = p.event_id)
    ) AS each
    WHERE entity <> 0
    GROUP BY board, entity, fan
    HAVING sum(value) <> 0
)
SELECT board, array_agg(entity) AS entities, array_agg(fan) AS fans, array_agg(value) AS sums FROM changes GROUP BY board
