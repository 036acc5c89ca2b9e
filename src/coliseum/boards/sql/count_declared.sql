SELECT count(*) FROM coliseum_boards WHERE tenant_id = $1
