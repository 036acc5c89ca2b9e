SELECT entity, value FROM coliseum_board_uniques($1, $2, $3, $4, $5, $6, $7, $8)
