DELETE FROM usage_days WHERE tenant_id = $1 AND generation = $2
