SELECT generation FROM processor_units WHERE tenant_id = $1 AND consumer = $2 FOR UPDATE
