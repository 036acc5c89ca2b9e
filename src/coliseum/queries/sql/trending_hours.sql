-- What members' scores are the weighted sum of. $1 to $9: see coliseum_board_hours; $10 the members
SELECT f.entity, f.bucket, sum(f.value)::bigint AS value
FROM coliseum_board_hours($1, $2, $3, $4, $5, $6, $7, $8, $9) AS f
WHERE f.entity = ANY ($10::bigint[])
GROUP BY f.entity, f.bucket
HAVING sum(f.value) <> 0
ORDER BY f.entity, f.bucket
