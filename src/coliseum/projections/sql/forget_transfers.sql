DELETE FROM treasury_transfers WHERE tenant_id = $1 AND generation = $2
