-- Up to $19 members in display order, after (value, tie, entity) $16 to $18 when given. $1 to $15: see coliseum_ranked.
-- Its rows are its own, found without putting all members in order: only those with the last score on the page or a
-- better one are compared by when they reached it, and only the first row's place is counted.
WITH board AS MATERIALIZED (
    SELECT entity, value, last_at
    FROM coliseum_board_scores($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $14, $15)
), behind AS NOT MATERIALIZED (
    SELECT entity, value, last_at
    FROM board
    WHERE $16::bigint IS NULL OR value < $16
       OR value = $16 AND (coliseum_tie_order(value, last_at, $12, $13), entity) > ($17::bigint, $18::bigint)
), page AS MATERIALIZED (
    SELECT entity, value, coliseum_tie_order(value, last_at, $12, $13) AS tie
    FROM behind
    WHERE value >= coalesce((SELECT value FROM behind ORDER BY value DESC OFFSET $19::int - 1 LIMIT 1), value)
    ORDER BY value DESC, tie, entity
    LIMIT $19
), first AS MATERIALIZED (
    SELECT value, tie, entity FROM page ORDER BY value DESC, tie, entity LIMIT 1
), above AS MATERIALIZED (
    SELECT count(*) AS members, count(*) FILTER (WHERE b.value > f.value) AS higher,
           count(*) FILTER (WHERE b.value = f.value AND
               (coliseum_tie_order(b.value, b.last_at, $12, $13), b.entity) < (f.tie, f.entity)) AS equals,
           min(b.value) FILTER (WHERE b.value > f.value) AS better
    FROM board b CROSS JOIN first f
), scores AS MATERIALIZED (
    SELECT count(*) AS higher FROM (SELECT DISTINCT b.value FROM board b, first f WHERE b.value > f.value) AS s
)
SELECT p.entity, p.value, p.tie,
       a.higher + CASE WHEN p.value = f.value THEN 1 ELSE a.equals + rank() OVER same END AS rank,
       s.higher + dense_rank() OVER same AS dense,
       a.higher + a.equals + row_number() OVER (ORDER BY p.value DESC, p.tie, p.entity) AS place,
       CASE WHEN p.value = f.value THEN a.better
            ELSE min(p.value) OVER (ORDER BY p.value DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) END AS better,
       a.members, NULL::bigint AS overall
FROM page p, first f, above a, scores s
WINDOW same AS (ORDER BY p.value DESC)
ORDER BY place
