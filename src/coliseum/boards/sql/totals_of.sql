-- As totals.sql, of these members alone, $11. Takes as long as for all.
SELECT entity, value, last_at FROM coliseum_board_sums($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
WHERE entity = ANY ($11::bigint[])
