-- $1 tenant. For each length of window: until where windows have closed; beside it the first entry's arrival, and now
SELECT g.grain, last.ends_at, coliseum_first_received($1) AS first_received_at, now() AS asked_at
FROM unnest(ARRAY[1, 2, 3]) AS g (grain)
LEFT JOIN LATERAL (
    SELECT c.ends_at FROM coliseum_closings c
    WHERE c.tenant_id = $1 AND c.grain = g.grain
    ORDER BY c.starts_at DESC LIMIT 1
) AS last ON true
