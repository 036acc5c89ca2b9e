UPDATE billing_unmatched SET resolved_at = $3 WHERE tenant_id = $1 AND object_id = $2 AND resolved_at IS NULL
