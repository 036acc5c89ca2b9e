-- Up to $17 members in display order, from place $16 on. $1 to $15: see coliseum_ranked.
SELECT entity, value, tie, rank, dense, place, better, members, NULL::bigint AS overall
FROM coliseum_ranked($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
WHERE place >= $16::bigint
ORDER BY place
LIMIT $17
