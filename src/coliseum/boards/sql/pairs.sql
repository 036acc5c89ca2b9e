SELECT entity, fan, value FROM coliseum_board_pairs($1, $2, $3, $4, $5, $6, $7, $8)
