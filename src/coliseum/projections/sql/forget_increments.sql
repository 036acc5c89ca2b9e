DELETE FROM coliseum_increments WHERE tenant_id = $1 AND generation = $2
