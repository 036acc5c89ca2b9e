UPDATE billing_objects SET done_at = $3 WHERE tenant_id = $1 AND object_id = $2 AND done_at IS NULL
