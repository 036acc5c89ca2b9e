-- An entity's seasons on one board, newest first; $6: before which start, when given
SELECT l.starts_at AS window_start, c.ends_at AS window_end, l.rank, l.score, s.members
FROM coliseum_leaderboards l
JOIN coliseum_seasons s USING (tenant_id, metric, kind, grain, starts_at)
JOIN coliseum_closings c USING (tenant_id, grain, starts_at)
WHERE l.tenant_id = $1 AND l.metric = $2 AND l.kind = $3 AND l.grain = $4 AND l.entity = $5
  AND ($6::timestamptz IS NULL OR l.starts_at < $6)
ORDER BY l.starts_at DESC
LIMIT $7
