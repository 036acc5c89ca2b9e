-- The ranks of some members of a board; those who are not on it are left out
WITH members AS MATERIALIZED (
    SELECT entity, value FROM coliseum_board_totals($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
), ranked AS (
    SELECT entity, rank() OVER (ORDER BY value DESC) AS rank FROM members
)
SELECT entity, rank FROM ranked WHERE entity = ANY ($11::bigint[])
