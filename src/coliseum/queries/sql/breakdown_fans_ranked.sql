-- As breakdown_ranked.sql, of different fans. $1 tenant, $2 stored metric, $3 by what, $4 to $6 city, genre and event, $7 to $9 the buckets with
-- from when to when each looks, $10 how many parts
SELECT part, count(*) AS value, count(*) OVER () AS members, (sum(count(*)) OVER ())::bigint AS whole
FROM coliseum_breakdown_fans($1, $2, $3, $4, $5, $6, $7, $8, $9)
WHERE part IS NOT NULL
GROUP BY part
ORDER BY 2 DESC, part
LIMIT $10
