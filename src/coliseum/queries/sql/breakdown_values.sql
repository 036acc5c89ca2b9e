-- What these parts, $14, come to in each bucket, and all others together, as part null. $1 to $13: see breakdown_ranked.sql
SELECT CASE WHEN part = ANY ($14::text[]) THEN part END AS part, bucket, sum(value)::bigint AS value
FROM coliseum_breakdown($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
WHERE part IS NOT NULL
GROUP BY 1, 2
