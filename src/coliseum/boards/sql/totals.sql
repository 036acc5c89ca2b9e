-- What every member comes to, and when it changed last; those that come to nothing, too.
SELECT entity, value, last_at FROM coliseum_board_sums($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
