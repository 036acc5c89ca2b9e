UPDATE processor_cursors SET "offset" = $5, updated_at = now()
WHERE tenant_id = $1 AND consumer = $2 AND generation = $3 AND partition = $4
