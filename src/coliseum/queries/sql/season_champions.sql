-- Who stood first in each of these seasons of one board, in the order of display; several, where they shared the rank.
-- $1 tenant, $2 metric, $3 kind, $4 grain, $5 where the seasons begin, $6 how many of each.
SELECT l.starts_at AS window_start, l.entity, l.score
FROM coliseum_leaderboards l
WHERE l.tenant_id = $1 AND l.metric = $2 AND l.kind = $3 AND l.grain = $4 AND l.starts_at = ANY ($5::timestamptz[])
  AND l.rank = 1 AND l.place <= $6
ORDER BY l.starts_at DESC, l.place
