DELETE FROM coliseum_rollups WHERE tenant_id = $1 AND generation = $2
