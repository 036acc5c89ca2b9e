SELECT declaration, revision, created_at, changed_at FROM coliseum_boards WHERE tenant_id = $1 ORDER BY name
