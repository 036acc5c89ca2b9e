INSERT INTO billing_objects (tenant_id, object_id, log_id) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, object_id) DO UPDATE SET object_id = excluded.object_id
RETURNING log_id, done_at IS NOT NULL AS done
