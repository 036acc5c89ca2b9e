UPDATE processor_units SET generation = $3, edition = edition + 1 WHERE tenant_id = $1 AND consumer = $2
