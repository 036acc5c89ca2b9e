SELECT partition FROM processor_cursors
WHERE tenant_id = $1 AND consumer = $2 AND generation = $3
ORDER BY partition
FOR UPDATE
