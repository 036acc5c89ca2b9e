DELETE FROM hooks_leaders WHERE tenant_id = $1 AND board = $2 AND "window" = $3 AND top = $4
