DELETE FROM treasury_balances WHERE tenant_id = $1 AND generation = $2
