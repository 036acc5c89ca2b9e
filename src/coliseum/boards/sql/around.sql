-- $17 members around one, $16, as many on both sides; at the ends of the board the others. $1 to $15: see
-- coliseum_ranked.
WITH ranked AS MATERIALIZED (
    SELECT * FROM coliseum_ranked($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
), middle AS (
    SELECT greatest(1, least(place - ($17::int - 1) / 2, members - $17::int + 1)) AS first
    FROM ranked WHERE entity = $16::bigint
)
SELECT entity, value, tie, rank, dense, place, better, members, NULL::bigint AS overall
FROM ranked, middle
WHERE place >= first AND place < first + $17::int
ORDER BY place
