-- $1 tenant, $2 stored metric, $3 kind, $4 grain, $5 and $6 window, $7 whether the event's bill counts, $8 city,
-- $9 genre, $10 event, $11 whether different fans are the score, $12 and $13 least and greatest score, $14 least number
-- of fans, $15 whether ties are counted back, $16 members up to which they are, $17 and $18 score and entity that the
-- page comes after, $19 rows, $20 the earliest that an entry of this window can have been received, $21 and $22 base and
-- bits of the order among equals; instead of a page: $23 these members, or $24 $19 members around this one
WITH scores AS MATERIALIZED (
    SELECT entity, value, coliseum_tie_order(value, last_at, $21, $22) AS tie
    FROM coliseum_board_totals($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) WHERE NOT $11
    UNION ALL
    SELECT entity, value, 0 FROM coliseum_board_uniques($1, $2, $3, $5, $6, $8, $9, $10) WHERE $11
), support AS MATERIALIZED (
    SELECT entity, fans FROM coliseum_board_fans($1, $2, $3, $5, $6, $7, $8, $9, $10) WHERE $14::bigint IS NOT NULL OR $15
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
    WHERE EXISTS (SELECT FROM tied)
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
