-- The board of these members alone, $16; overall: the rank on the whole board. $1 to $15: see coliseum_ranked.
SELECT entity, value, tie, rank() OVER same AS rank, dense_rank() OVER same AS dense,
       row_number() OVER (ORDER BY place) AS place,
       min(value) OVER (ORDER BY value DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS better,
       count(*) OVER () AS members, rank AS overall
FROM coliseum_ranked($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
WHERE entity = ANY ($16::bigint[])
WINDOW same AS (ORDER BY value DESC)
ORDER BY place
