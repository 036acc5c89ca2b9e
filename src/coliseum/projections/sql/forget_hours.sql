DELETE FROM coliseum_hours WHERE tenant_id = $1 AND generation = $2
