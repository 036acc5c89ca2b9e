DELETE FROM hooks_thresholds WHERE tenant_id = $1 AND entity = 'fan' AND entity_id = $2
