-- $1 to $12: see coliseum_counted_as_of; $13 whose number it is (null: anybody's)
WITH counted AS (
    SELECT counted_for, value
    FROM coliseum_counted_as_of($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    WHERE ($13::text IS NULL OR member = $13)
)
SELECT coalesce(sum(value), 0)::bigint AS value, count(*) AS count,
       (SELECT count(*) FROM (SELECT counted_for FROM counted GROUP BY 1 HAVING sum(value) > 0) AS f) AS fans
FROM counted
