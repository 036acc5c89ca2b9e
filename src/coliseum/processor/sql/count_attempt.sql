UPDATE processor_dead_letters SET attempts = attempts + 1, error = left($5, 2000), last_at = now(), asked_at = NULL
WHERE tenant_id = $1 AND consumer = $2 AND partition = $3 AND "offset" = $4
