INSERT INTO hooks_leaders (tenant_id, board, "window", top, starts_at, entities) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (tenant_id, board, "window", top)
DO UPDATE SET starts_at = excluded.starts_at, entities = excluded.entities
