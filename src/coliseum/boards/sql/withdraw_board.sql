DELETE FROM coliseum_boards WHERE tenant_id = $1 AND name = $2
