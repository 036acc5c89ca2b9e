-- A season's rows in the order of display, from the place after $6
SELECT l.place, l.rank, l.entity, l.score
FROM coliseum_leaderboards l
WHERE l.tenant_id = $1 AND l.metric = $2 AND l.kind = $3 AND l.grain = $4 AND l.starts_at = $5 AND l.place > $6
ORDER BY l.place
LIMIT $7
