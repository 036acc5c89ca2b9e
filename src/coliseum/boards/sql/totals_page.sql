-- A page in display order: best first, inside a tie the entity known longest. After (score, entity), when given.
WITH members AS MATERIALIZED (
    SELECT entity, value FROM coliseum_board_totals($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
), ranked AS (
    SELECT entity, value, rank() OVER (ORDER BY value DESC) AS rank, count(*) OVER () AS members FROM members
)
SELECT entity, value, rank, members
FROM ranked
WHERE $11::bigint IS NULL OR value < $11 OR value = $11 AND entity > $12::bigint
ORDER BY value DESC, entity
LIMIT $13
