-- As breakdown_values.sql, of different fans, each counted for every part. $1 to $9: see breakdown_fans_ranked.sql
SELECT CASE WHEN part = ANY ($10::text[]) THEN part END AS part, bucket, count(*) AS value
FROM coliseum_breakdown_fans($1, $2, $3, $4, $5, $6, $7, $8, $9)
WHERE part IS NOT NULL
GROUP BY 1, 2
