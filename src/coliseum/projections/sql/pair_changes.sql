-- What a range of the log adds to live boards of unique fans: for each board its (member, fan) pairs and their sums.
-- The parameters are those of total_changes.sql, without the last.
WITH boards AS MATERIALIZED (
    SELECT w.board, m.num::int AS metric, w.kind, coalesce(w.since, '-infinity') AS since,
           coalesce(w.until, 'infinity') AS until, w.city, w.genre, w.event
    FROM unnest($7::int[], $8::text[], $9::int[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::text[],
                $14::text[]) AS w (board, stored_metric, kind, since, until, city, genre, event)
    JOIN coliseum_names m ON m.tenant_id = $1 AND m.kind = 'metric' AND m.id = w.stored_metric
), placed AS (
    SELECT c.metric, c.hour, c.entity AS fan, c.artist, c.event AS at_event, c.track, c.value, nv.id AS event,
           coalesce(nc.id, ep.city, ap.city) AS city, coalesce(ap.genres, ep.genres) AS genres
    FROM coliseum_counts($1, $2::smallint, $3, $4, $5, $6, true) AS c
    LEFT JOIN coliseum_artist_places ap ON ap.tenant_id = $1 AND ap.artist = c.artist
    LEFT JOIN coliseum_event_places ep ON ep.tenant_id = $1 AND ep.event = c.event
    LEFT JOIN coliseum_names nc ON nc.tenant_id = $1 AND nc.num = c.city
    LEFT JOIN coliseum_names nv ON nv.tenant_id = $1 AND nv.num = c.event
    WHERE c.kind = 3 AND c.value <> 0 AND c.metric IN (SELECT metric FROM boards)
), changes AS (
    SELECT b.board, CASE b.kind WHEN 1 THEN p.artist WHEN 2 THEN p.at_event WHEN 4 THEN p.track END AS entity, p.fan,
           sum(p.value)::bigint AS value
    FROM placed p
    JOIN boards b ON b.metric = p.metric AND p.hour >= b.since AND p.hour < b.until
    WHERE (b.city IS NULL OR b.city = p.city) AND (b.genre IS NULL OR b.genre = ANY (p.genres))
      AND (b.event IS NULL OR b.event = p.event)
    GROUP BY 1, 2, 3
    HAVING sum(p.value) <> 0
)
SELECT board, array_agg(entity::bigint) AS entities, array_agg(fan) AS fans, array_agg(value) AS sums
FROM changes
WHERE entity <> 0
GROUP BY board
