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
    SELECT t.entity
    FROM (SELECT entity, count(*) OVER (PARTITION BY value, voters) AS equals FROM eligible) t
    WHERE $15 AND t.equals > 1 AND (SELECT members FROM counted) <= $16
), counts AS MATERIALIZED (
    SELECT entity, weights
    FROM coliseum_vote_counts($1, $3, ARRAY(SELECT entity FROM tied), $5, $6, $20, $8, $9, $10)
    WHERE EXISTS (SELECT FROM tied)
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
