SELECT log_id FROM billing_objects WHERE tenant_id = $1 AND object_id = $2
