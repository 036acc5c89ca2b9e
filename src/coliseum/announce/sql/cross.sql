-- Once a window: the second one who comes gets nothing back, and tells nothing.
INSERT INTO hooks_crossings (tenant_id, name, starts_at, reached_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING
RETURNING name
