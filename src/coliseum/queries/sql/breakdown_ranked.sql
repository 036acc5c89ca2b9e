-- The $14 largest parts, with how many parts there are and what all of them come to. $1 tenant, $2 stored metric, $3 kind, $4 to $6 spans, $7 whether
-- the bill's events count, $8 to $10 city, genre and event, $11 grain of the buckets (null: none), $12 zone, $13 by what
SELECT part, sum(value)::bigint AS value, count(*) OVER () AS members, (sum(sum(value)) OVER ())::bigint AS whole
FROM coliseum_breakdown($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
WHERE part IS NOT NULL
GROUP BY part
HAVING sum(value) <> 0
ORDER BY 2 DESC, part
LIMIT $14
