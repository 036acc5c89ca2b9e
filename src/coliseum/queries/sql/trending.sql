-- Members by what they counted, hour by hour, times the hour's weight: integers, so that no order of adding matters.
-- $1 to $9: see coliseum_board_hours; $10 the weights of the hours from $4 on, below 2^49 each.
-- Nearly every product fits into a bigint, whose sums cost half of what those of numerics do; the others are added apart.
WITH scored AS MATERIALIZED (
    SELECT f.entity,
           coalesce(sum(CASE WHEN f.value BETWEEN -16383 AND 16383
                             THEN f.value * ($10::bigint[])[h.passed + 1] END), 0)
           + coalesce(sum(CASE WHEN f.value NOT BETWEEN -16383 AND 16383
                               THEN f.value * (($10::bigint[])[h.passed + 1])::numeric END), 0) AS weighted
    FROM coliseum_board_hours($1, $2, $3, $4, $5, $6, $7, $8, $9) AS f
    CROSS JOIN LATERAL (SELECT extract(epoch FROM f.bucket - $4::timestamptz)::bigint / 3600 AS passed) AS h
    GROUP BY f.entity
), ranked AS (
    SELECT entity, weighted, rank() OVER (ORDER BY weighted DESC) AS rank, count(*) OVER () AS members
    FROM scored
    WHERE weighted > 0
)
SELECT entity, weighted::text AS weighted, rank, members
FROM ranked
ORDER BY rank, entity
LIMIT $11
