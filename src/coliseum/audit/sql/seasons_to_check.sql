-- The $2 windows that closed last, and $3 of all of them by chance
(SELECT c.grain, c.starts_at FROM coliseum_closings c WHERE c.tenant_id = $1 ORDER BY c.ends_at DESC LIMIT $2)
UNION
(SELECT c.grain, c.starts_at FROM coliseum_closings c WHERE c.tenant_id = $1 ORDER BY random() LIMIT $3)
ORDER BY 2, 1
