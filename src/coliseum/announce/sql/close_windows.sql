UPDATE hooks_thresholds SET open_since = $3 WHERE tenant_id = $1 AND name = $2 AND open_since < $3
