SELECT consumer, error, attempts FROM processor_dead_letters
WHERE tenant_id = $1 AND partition = $2 AND "offset" = $3
