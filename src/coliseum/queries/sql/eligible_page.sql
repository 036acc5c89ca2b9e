-- $1 tenant, $2 stored metric, $3 kind, $4 grain, $5 and $6 window, $7 whether the event's bill counts, $8 city,
-- $9 genre, $10 event, $11 whether different fans are the score, $12 and $13 least and greatest score, $14 least number
-- of fans, $15 whether ties are counted back, $16 members up to which they are, $17 and $18 score and entity that the
-- page comes after, $19 rows, $20 the earliest that an entry of this window can have been received
WITH scores AS MATERIALIZED (
    SELECT entity, value FROM coliseum_board_totals($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) WHERE NOT $11
    UNION ALL
    SELECT entity, value FROM coliseum_board_uniques($1, $2, $3, $5, $6, $8, $9, $10) WHERE $11
), support AS MATERIALIZED (
    SELECT entity, fans FROM coliseum_board_fans($1, $2, $3, $5, $6, $7, $8, $9, $10) WHERE $14::bigint IS NOT NULL OR $15
), eligible AS MATERIALIZED (
    SELECT s.entity, s.value, CASE WHEN $15 THEN coalesce(b.fans, 0) ELSE 0 END AS voters
    FROM scores s
    LEFT JOIN support b ON b.entity = s.entity
    WHERE ($12::bigint IS NULL OR s.value >= $12) AND ($13::bigint IS NULL OR s.value <= $13)
      AND ($14::bigint IS NULL OR b.fans >= $14)
), counted AS MATERIALIZED (
    SELECT count(*) AS members FROM eligible
), tied AS MATERIALIZED (
    -- Whoever is alone with score and voters needs no votes counted: without ties the log is not read.
    SELECT t.entity, n.kind, n.id
    FROM (SELECT entity, count(*) OVER (PARTITION BY value, voters) AS equals FROM eligible) t
    JOIN coliseum_names n ON n.tenant_id = $1 AND n.num = t.entity
    WHERE $15 AND t.equals > 1 AND (SELECT members FROM counted) <= $16
), read AS MATERIALIZED (
    SELECT c.partition, c."offset"
    FROM processor_units u JOIN processor_cursors c USING (tenant_id, consumer, generation)
    WHERE u.tenant_id = $1 AND u.consumer = 'coliseum'
), votes AS MATERIALIZED (
    SELECT m.partition, m."offset", m.kind, m.entity_id, m.artist_id, m.event_id, m.city, m.value
    FROM coliseum_metrics m
    WHERE (SELECT count(*) FROM tied) > 0
      AND m.tenant_id = $1 AND m.metric = $2 AND m.kind IN (SELECT kind FROM tied)
      AND m.entity_id IN (SELECT id FROM tied)
      AND ($20::timestamptz IS NULL OR m.created_at >= $20)
      AND ($5::timestamptz IS NULL OR m.occurred_at >= $5) AND ($6::timestamptz IS NULL OR m.occurred_at < $6)
), ballots AS (
    -- A void has its vote's place in time and the negated weight, so that it takes one vote of that weight away.
    SELECT t.entity, abs(v.value) AS weight, sum(sign(v.value)) AS times
    FROM votes v
    JOIN tied t ON t.id = v.entity_id
    JOIN read r ON r.partition = v.partition AND v."offset" < r."offset"
    LEFT JOIN catalog_artists a ON a.tenant_id = $1 AND a.id = v.artist_id
    LEFT JOIN catalog_events e ON e.tenant_id = $1 AND e.id = v.event_id
    LEFT JOIN catalog_venues p ON p.tenant_id = $1 AND p.id = e.venue_id
    WHERE NOT EXISTS (
        SELECT FROM processor_dead_letters d
        WHERE d.tenant_id = $1 AND d.consumer = 'coliseum' AND d.partition = v.partition AND d."offset" = v."offset"
    )
      AND ($10::text IS NULL OR v.event_id = $10)
      AND ($8::text IS NULL OR coalesce(nullif(v.city, ''), e.city, p.city, a.city) = $8)
      AND ($9::text IS NULL OR $9 = ANY (coalesce(a.genres, ARRAY(
          SELECT g.genre FROM catalog_artists b CROSS JOIN LATERAL unnest(b.genres) AS g (genre)
          WHERE b.tenant_id = $1 AND b.id = ANY (e.artist_ids)))))
    GROUP BY t.entity, abs(v.value)
    HAVING sum(sign(v.value)) > 0
), counts AS (
    -- [[weight, votes], …] from the heaviest down. Compared from the left, the greater is better: a heavier vote beats
    -- any number of lighter ones, more votes of a weight beat fewer, and one more weight beats none.
    SELECT entity, array_agg(ARRAY[weight, times]::bigint[] ORDER BY weight DESC) AS weights FROM ballots GROUP BY entity
), compared AS (
    SELECT e.entity, e.value, e.voters, coalesce(c.weights, '{}') AS weights
    FROM eligible e LEFT JOIN counts c ON c.entity = e.entity
), placed AS (
    -- The order: what ranks, and inside a tie of all of it the entity known longest.
    SELECT entity, value, rank() OVER (ORDER BY value DESC, voters DESC, weights DESC) AS rank,
           row_number() OVER (ORDER BY value DESC, voters DESC, weights DESC, entity) AS place
    FROM compared
), page AS (
    SELECT entity, value, rank, place
    FROM placed
    WHERE $17::bigint IS NULL OR place > coalesce(
        (SELECT place FROM placed WHERE entity = $18::bigint AND value = $17),
        (SELECT count(*) FROM placed WHERE value > $17))
    ORDER BY place
    LIMIT $19
)
SELECT p.entity, p.value, p.rank, c.members
FROM counted c LEFT JOIN page p ON true
ORDER BY p.place
