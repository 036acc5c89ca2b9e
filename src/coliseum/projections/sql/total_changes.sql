-- What a range of the log adds to live boards of totals: for each board its members and their sums.
-- $1 tenant, $2 partition, $3 and $4 offsets, $5 offsets to leave out, $6 time zone; then the boards, by columns:
-- $7 number, $8 stored metric, $9 kind, $10 and $11 window, $12 city, $13 genre, $14 event, $15 counts events' bills
WITH boards AS MATERIALIZED (
    SELECT w.board, m.num::int AS metric, w.kind, coalesce(w.since, '-infinity') AS since,
           coalesce(w.until, 'infinity') AS until, w.city, w.genre, w.event, w.bill,
           coalesce(w.city, w.genre, w.event) IS NOT NULL AS filtered
    FROM unnest($7::int[], $8::text[], $9::int[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::text[],
                $14::text[], $15::bool[]) AS w (board, stored_metric, kind, since, until, city, genre, event, bill)
    JOIN coliseum_names m ON m.tenant_id = $1 AND m.kind = 'metric' AND m.id = w.stored_metric
), counts AS MATERIALIZED (
    SELECT c.metric, c.kind, c.hour, c.entity, c.artist, c.event, c.city, c.value
    FROM coliseum_counts($1, $2::smallint, $3, $4, $5, $6, EXISTS (SELECT FROM boards WHERE kind = 3)) AS c
    WHERE c.value <> 0 AND EXISTS (SELECT FROM boards b WHERE b.metric = c.metric AND (b.kind = c.kind OR b.bill AND c.kind = 2))
), facts AS MATERIALIZED (
    SELECT metric, kind, hour, entity, artist, event, city, value FROM counts
    UNION ALL
    SELECT c.metric, 1, c.hour, billed.artist, billed.artist, c.event, c.city, c.value
    FROM counts c
    JOIN coliseum_bills billed ON billed.tenant_id = $1 AND billed.event = c.event
    WHERE c.kind = 2 AND c.metric IN (SELECT metric FROM boards WHERE bill)
), whole AS (
    SELECT metric, kind, hour, entity, sum(value) AS value FROM facts GROUP BY metric, kind, hour, entity
), placed AS (
    SELECT f.metric, f.kind, f.hour, f.entity, f.value, nv.id AS event,
           coalesce(nc.id, ep.city, ap.city) AS city, coalesce(ap.genres, ep.genres) AS genres
    FROM facts f
    LEFT JOIN coliseum_artist_places ap ON ap.tenant_id = $1 AND ap.artist = f.artist
    LEFT JOIN coliseum_event_places ep ON ep.tenant_id = $1 AND ep.event = f.event
    LEFT JOIN coliseum_names nc ON nc.tenant_id = $1 AND nc.num = f.city
    LEFT JOIN coliseum_names nv ON nv.tenant_id = $1 AND nv.num = f.event
    WHERE (f.metric, f.kind) IN (SELECT metric, kind FROM boards WHERE filtered)
), changes AS (
    SELECT board, entity, sum(value)::bigint AS value
    FROM (
        SELECT b.board, w.entity, w.value
        FROM whole w
        JOIN boards b ON b.metric = w.metric AND b.kind = w.kind AND w.hour >= b.since AND w.hour < b.until
        WHERE NOT b.filtered
        UNION ALL
        SELECT b.board, p.entity, p.value
        FROM placed p
        JOIN boards b ON b.metric = p.metric AND b.kind = p.kind AND p.hour >= b.since AND p.hour < b.until
        WHERE b.filtered AND (b.city IS NULL OR b.city = p.city) AND (b.genre IS NULL OR b.genre = ANY (p.genres))
          AND (b.event IS NULL OR b.event = p.event)
    ) AS each
    GROUP BY board, entity
    HAVING sum(value) <> 0
)
SELECT board, array_agg(entity) AS entities, array_agg(value) AS sums FROM changes GROUP BY board
