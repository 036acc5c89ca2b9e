DELETE FROM processor_dead_letters
WHERE tenant_id = $1 AND consumer = $2 AND partition = $3 AND "offset" = $4
RETURNING "offset"
