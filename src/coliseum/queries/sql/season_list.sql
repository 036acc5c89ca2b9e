-- The seasons of one board, newest first; $5: before which start, when given
SELECT s.starts_at AS window_start, c.ends_at AS window_end, c.closed_at, c.position, s.members, s.kept
FROM coliseum_seasons s
JOIN coliseum_closings c USING (tenant_id, grain, starts_at)
WHERE s.tenant_id = $1 AND s.metric = $2 AND s.kind = $3 AND s.grain = $4
  AND ($5::timestamptz IS NULL OR s.starts_at < $5)
ORDER BY s.starts_at DESC
LIMIT $6
