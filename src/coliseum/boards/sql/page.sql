-- Up to $19 members in display order, after (value, tie, entity) $16 to $18 when given. $1 to $15: see coliseum_ranked.
SELECT entity, value, tie, rank, dense, place, better, members, NULL::bigint AS overall
FROM coliseum_ranked($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
WHERE $16::bigint IS NULL OR value < $16 OR value = $16 AND (tie, entity) > ($17::bigint, $18::bigint)
ORDER BY place
LIMIT $19
