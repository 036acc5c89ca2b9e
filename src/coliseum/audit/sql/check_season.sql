-- The seasons of one closed window against the log up to where it was counted then, without what were dead letters.
-- $1 tenant, $2 grain, $3 its start, $4 differences at most, $5 rows that are kept of a season.
-- What counts by bills counts by those that the log had told of up to there.
WITH closing AS (
    SELECT c.*
    FROM coliseum_closings c
    WHERE c.tenant_id = $1 AND c.grain = $2 AND c.starts_at = $3
), facts AS MATERIALIZED (
    SELECT f.metric, f.kind, f.entity_id, f.artist_id, f.amount
    FROM closing c
    CROSS JOIN LATERAL unnest(c.position) WITH ORDINALITY AS read (upto, nth)
    JOIN audit_facts f ON f.tenant_id = $1 AND f.partition = read.nth - 1 AND f."offset" < read.upto
    WHERE f.occurred_at >= c.starts_at AND f.occurred_at < c.ends_at
      AND NOT EXISTS (
          SELECT FROM unnest(c.parked_partitions, c.parked_offsets) AS p (partition, "offset")
          WHERE p.partition = f.partition AND p."offset" = f."offset")
), bills AS (
    SELECT DISTINCT newest.event, billed.artist
    FROM (
        SELECT DISTINCT ON (e.entity_id) e.entity_id AS event, e.metadata
        FROM closing c
        CROSS JOIN LATERAL unnest(c.position) WITH ORDINALITY AS read (upto, nth)
        JOIN passport_entries e ON e.tenant_id = $1 AND e.partition = read.nth - 1 AND e."offset" < read.upto
        WHERE e.event_category = 'catalog' AND e.event_type = 'catalog.event'
          AND NOT EXISTS (
              SELECT FROM unnest(c.parked_partitions, c.parked_offsets) AS p (partition, "offset")
              WHERE p.partition = e.partition AND p."offset" = e."offset")
        ORDER BY e.entity_id, e.occurred_at DESC, e.partition DESC, e."offset" DESC
    ) AS newest
    CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(newest.metadata -> 'artistIds', '[]')) AS billed (artist)
), scores AS (
    SELECT metric, kind, entity_id AS id, sum(amount)::bigint AS score
    FROM facts
    WHERE kind IN ('artist', 'event', 'track', 'city', 'venue')
    GROUP BY 1, 2, 3
    HAVING sum(amount) <> 0
    UNION ALL
    SELECT f.metric, 'artist', b.artist, sum(f.amount)::bigint
    FROM facts f
    JOIN bills b ON b.event = f.entity_id
    WHERE f.kind = 'event' AND f.metric IN ('views', 'attendance')
    GROUP BY 1, 2, 3
    HAVING sum(f.amount) <> 0
    UNION ALL
    SELECT CASE metric WHEN 'votes' THEN 'voters' ELSE 'listeners' END, 'artist', artist_id, count(*)
    FROM (
        SELECT metric, artist_id, entity_id
        FROM facts
        WHERE kind = 'fan' AND metric IN ('votes', 'plays') AND artist_id <> ''
        GROUP BY 1, 2, 3
        HAVING sum(amount) > 0
    ) AS fans
    GROUP BY 1, 2, 3
), expected AS ( -- last: the last place that an equal one can have
    SELECT s.metric, s.kind, s.id, s.score, rank() OVER best AS rank, count(*) OVER best AS last,
           count(*) OVER (PARTITION BY s.metric, s.kind) AS members
    FROM scores s
    JOIN closing c ON s.metric || ':' || s.kind = ANY (c.boards)
    WINDOW best AS (PARTITION BY s.metric, s.kind ORDER BY s.score DESC)
), stored AS (
    SELECT l.metric, k.label AS kind, coalesce(n.id, l.entity::text) AS id, l.score, l.rank, l.place
    FROM closing c
    JOIN coliseum_leaderboards l ON l.tenant_id = $1 AND l.grain = $2 AND l.starts_at = $3
    CROSS JOIN LATERAL (
        SELECT (ARRAY['artist', 'event', 'fan', 'track', 'city', 'venue'])[l.kind] AS label
    ) AS k
    LEFT JOIN coliseum_names n ON n.tenant_id = $1 AND n.num = l.entity AND n.kind = k.label
    WHERE l.metric || ':' || k.label = ANY (c.boards)
), counts AS (
    SELECT metric, kind, max(members) AS members, least(max(members), $5) AS kept FROM expected GROUP BY 1, 2
), stored_counts AS (
    SELECT s.metric, k.label AS kind, s.members, s.kept,
           (SELECT count(*) FROM stored r WHERE r.metric = s.metric AND r.kind = k.label) AS rows
    FROM closing c
    JOIN coliseum_seasons s ON s.tenant_id = $1 AND s.grain = $2 AND s.starts_at = $3
    CROSS JOIN LATERAL (
        SELECT (ARRAY['artist', 'event', 'fan', 'track', 'city', 'venue'])[s.kind] AS label
    ) AS k
    WHERE s.metric || ':' || k.label = ANY (c.boards)
), differences AS (
    SELECT concat_ws(' ', metric, kind, id) AS key, concat_ws(' ', 'rank', s.rank, 'score', s.score) AS stored,
           concat_ws(' ', 'rank', e.rank, 'score', e.score) AS expected
    FROM expected e
    FULL JOIN stored s USING (metric, kind, id)
    WHERE CASE WHEN s.place IS NULL THEN e.last <= $5
               ELSE (s.rank, s.score) IS DISTINCT FROM (e.rank, e.score) OR s.place > e.last END
    UNION ALL
    SELECT concat_ws(' ', metric, kind), concat_ws(' ', s.members, 'members', s.kept, 'kept', s.rows, 'rows'),
           concat_ws(' ', e.members, 'members', e.kept, 'kept', e.kept, 'rows')
    FROM counts e
    FULL JOIN stored_counts s USING (metric, kind)
    WHERE (s.members, s.kept::bigint, s.rows) IS DISTINCT FROM (e.members, e.kept::bigint, e.kept::bigint)
)
SELECT concat_ws(' ', $2, $3, key) AS key, stored, expected
FROM differences
ORDER BY key
LIMIT $4
