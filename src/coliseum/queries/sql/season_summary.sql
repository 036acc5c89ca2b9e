-- What an entity's seasons on one board come to. A streak is broken by any window without the entity.
WITH windows AS (
    SELECT c.starts_at, row_number() OVER (ORDER BY c.starts_at) AS nth
    FROM coliseum_closings c
    WHERE c.tenant_id = $1 AND c.grain = $4
), run AS (
    SELECT l.rank, min(l.rank) OVER () AS peak, w.nth - row_number() OVER (ORDER BY l.starts_at) AS streak
    FROM coliseum_leaderboards l
    JOIN windows w USING (starts_at)
    WHERE l.tenant_id = $1 AND l.metric = $2 AND l.kind = $3 AND l.grain = $4 AND l.entity = $5
)
SELECT min(rank) AS peak, count(*) FILTER (WHERE rank = peak) AS periods_at_peak, count(*) AS periods,
       coalesce((SELECT max(each.periods) FROM (SELECT count(*) AS periods FROM run GROUP BY streak) AS each), 0)
           AS longest_streak
FROM run
