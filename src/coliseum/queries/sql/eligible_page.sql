-- $1 tenant, $2 stored metric, $3 kind, $4 grain, $5 and $6 window, $7 whether the event's bill counts, $8 city,
-- $9 genre, $10 event, $11 whether different fans are the score, $12 and $13 least and greatest score, $14 least number
-- of fans, $15 whether ties are counted back, $16 members up to which they are, $17 and $18 score and entity that the
-- page comes after, $19 rows, $20 the earliest that an entry of this window can have been received, $21 and $22 base and
-- bits of the order among equals; instead of a page: $23 these members, or $24 $19 members around this one, or $25 from
-- this place on; $26 and $27 as it stood when the log had been read up to these offsets of these partitions (NULL: now)
WITH logged AS MATERIALIZED (
    -- As of then: the entries that count, and whose they are.
    SELECT CASE WHEN $3 = 3 THEN c.member::bigint ELSE n.num END AS entity, c.counted_for, c.partition, c."offset",
           c.created_at, c.occurred_at, c.value
    FROM coliseum_counted_as_of($1, $2, $3, $5, $6, $7, $11, $8, $9, $10, $26, $27) AS c
    LEFT JOIN coliseum_names n ON n.tenant_id = $1 AND n.id = c.member AND n.kind = (
        ARRAY['tenant', 'artist', 'event', 'fan', 'track', 'city', 'venue', 'leaderboard', 'report'])[$3::int + 1]
    WHERE $26::int[] IS NOT NULL AND c.member <> '' AND ($3 = 3 OR n.num IS NOT NULL)
), behind AS MATERIALIZED (
    SELECT l.entity, l.counted_for AS fan FROM logged l WHERE $11 GROUP BY 1, 2 HAVING sum(l.value) > 0
    UNION ALL
    SELECT l.entity, e.subject_id::text
    FROM logged l
    JOIN passport_entries e ON e.tenant_id = $1 AND e.partition = l.partition AND e."offset" = l."offset"
        AND e.created_at = l.created_at
    WHERE NOT $11 AND e.subject_id IS NOT NULL AND ($14::bigint IS NOT NULL OR $15)
    GROUP BY 1, 2 HAVING sum(l.value) > 0
), scores AS MATERIALIZED (
    SELECT entity, value, coliseum_tie_order(value, last_at, $21, $22) AS tie
    FROM coliseum_board_totals($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) WHERE NOT $11 AND $26::int[] IS NULL
    UNION ALL
    SELECT entity, value, 0 FROM coliseum_board_uniques($1, $2, $3, $5, $6, $8, $9, $10) WHERE $11 AND $26::int[] IS NULL
    UNION ALL
    SELECT entity, sum(value)::bigint, coliseum_tie_order(sum(value)::bigint, max(occurred_at), $21, $22)
    FROM logged WHERE NOT $11 GROUP BY entity HAVING sum(value) <> 0
    UNION ALL
    SELECT entity, count(*), 0 FROM behind WHERE $11 GROUP BY entity
), support AS MATERIALIZED (
    SELECT entity, fans FROM coliseum_board_fans($1, $2, $3, $5, $6, $7, $8, $9, $10)
    WHERE ($14::bigint IS NOT NULL OR $15) AND $26::int[] IS NULL
    UNION ALL
    SELECT entity, count(*) FROM behind GROUP BY entity
), eligible AS MATERIALIZED (
    SELECT s.entity, s.value, s.tie, CASE WHEN $15 THEN coalesce(b.fans, 0) ELSE 0 END AS voters
    FROM scores s
    LEFT JOIN support b ON b.entity = s.entity
    WHERE ($12::bigint IS NULL OR s.value >= $12) AND ($13::bigint IS NULL OR s.value <= $13)
      AND ($14::bigint IS NULL OR b.fans >= $14)
), counted AS MATERIALIZED (
    SELECT count(*) AS members FROM eligible
), tied AS MATERIALIZED (
    -- Whoever is alone with score and voters needs no votes counted: without ties the log is not read.
    SELECT t.entity
    FROM (SELECT entity, count(*) OVER (PARTITION BY value, voters) AS equals FROM eligible) t
    WHERE $15 AND t.equals > 1 AND (SELECT members FROM counted) <= $16
), counts AS MATERIALIZED (
    SELECT entity, weights
    FROM coliseum_vote_counts($1, $3, ARRAY(SELECT entity FROM tied), $5, $6, $20, $8, $9, $10)
    WHERE $26::int[] IS NULL AND EXISTS (SELECT FROM tied)
    UNION ALL
    SELECT w.entity, array_agg(ARRAY[w.weight, w.votes] ORDER BY w.weight DESC)
    FROM (
        SELECT l.entity, abs(l.value) AS weight, sum(sign(l.value))::bigint AS votes
        FROM logged l WHERE l.entity IN (SELECT entity FROM tied)
        GROUP BY 1, 2 HAVING sum(sign(l.value)) > 0
    ) AS w
    GROUP BY w.entity
), compared AS (
    SELECT e.entity, e.value, e.tie, e.voters, coalesce(c.weights, '{}') AS weights
    FROM eligible e LEFT JOIN counts c ON c.entity = e.entity
), placed AS (
    -- The order: what ranks, and inside a tie of all of it who got there first, and the entity known longest.
    SELECT entity, value, tie, rank() OVER same AS rank, dense_rank() OVER same AS dense,
           row_number() OVER (ORDER BY value DESC, voters DESC, weights DESC, tie, entity) AS place,
           min(value) OVER (ORDER BY value DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS better
    FROM compared
    WINDOW same AS (ORDER BY value DESC, voters DESC, weights DESC)
), first AS (
    SELECT CASE
        WHEN $24::bigint IS NOT NULL THEN
            (SELECT greatest(1, least(p.place - ($19::int - 1) / 2, c.members - $19::int + 1))
             FROM placed p, counted c WHERE p.entity = $24)
        WHEN $25::bigint IS NOT NULL THEN $25
        WHEN $17::bigint IS NULL THEN 1
        ELSE 1 + coalesce((SELECT place FROM placed WHERE entity = $18::bigint AND value = $17),
                          (SELECT count(*) FROM placed WHERE value > $17))
    END AS place
), page AS (
    SELECT p.entity, p.value, p.tie, p.rank, p.dense, p.place, p.better
    FROM placed p, first f
    WHERE CASE WHEN $23::bigint[] IS NULL THEN p.place >= f.place AND p.place < f.place + $19::int
               ELSE p.entity = ANY ($23) END
)
SELECT p.entity, p.value, p.tie, p.rank, p.dense, p.place, p.better, c.members
FROM counted c LEFT JOIN page p ON true
ORDER BY p.place
