-- Who is on a board of unique fans, and how many they have.
SELECT entity, value FROM coliseum_board_uniques($1, $2, $3, $4, $5, $6, $7, $8)
