-- Where the seasons of one board begin that are nearest to $5, before and after it
SELECT nearest.starts_at
FROM (
    (SELECT s.starts_at FROM coliseum_seasons s
     WHERE s.tenant_id = $1 AND s.metric = $2 AND s.kind = $3 AND s.grain = $4 AND s.starts_at < $5
     ORDER BY s.starts_at DESC LIMIT 1)
    UNION ALL
    (SELECT s.starts_at FROM coliseum_seasons s
     WHERE s.tenant_id = $1 AND s.metric = $2 AND s.kind = $3 AND s.grain = $4 AND s.starts_at > $5
     ORDER BY s.starts_at LIMIT 1)
) AS nearest
ORDER BY nearest.starts_at
