DELETE FROM hooks_thresholds WHERE tenant_id = $1 AND name = $2
