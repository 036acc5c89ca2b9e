-- Members by what they counted lately, from $10 on, in proportion to what they counted before it.
-- $1 to $9: see coliseum_board_hours. $11 how many hours are lately, $12 how many are before; $13 and $14 the least of
-- both that a member must have counted.
-- The proportion is that of recent to the average of as many hours, at least 1: a fraction whose denominator is below
-- 2^61. Two such fractions that differ do so by more than 2^-122, so their floors in steps of 2^-128 order them exactly.
WITH sums AS (
    SELECT f.entity, coalesce(sum(f.value) FILTER (WHERE f.bucket >= $10::timestamptz), 0) AS recent,
           coalesce(sum(f.value) FILTER (WHERE f.bucket < $10), 0) AS before
    FROM coliseum_board_hours($1, $2, $3, $4, $5, $6, $7, $8, $9) AS f
    GROUP BY f.entity
), compared AS MATERIALIZED (
    SELECT entity, recent::bigint AS recent, before::bigint AS before,
           div(recent * $12::int * 340282366920938463463374607431768211456, greatest(before * $11::int, $12)) AS proportion
    FROM sums
    WHERE recent >= $13::bigint AND before >= $14::bigint
), ranked AS (
    SELECT entity, recent, before, rank() OVER (ORDER BY proportion DESC, recent DESC) AS rank,
           count(*) OVER () AS members
    FROM compared
)
SELECT entity, recent, before, rank, members
FROM ranked
ORDER BY rank, entity
LIMIT $15
