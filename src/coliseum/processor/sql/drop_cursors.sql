DELETE FROM processor_cursors WHERE tenant_id = $1 AND consumer = $2 AND generation = $3
