-- How many members a board has. $1 to $15: see coliseum_ranked.
SELECT count(*) FROM coliseum_ranked($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
