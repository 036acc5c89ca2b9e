SELECT board, "window", top, starts_at, entities FROM hooks_leaders WHERE tenant_id = $1
