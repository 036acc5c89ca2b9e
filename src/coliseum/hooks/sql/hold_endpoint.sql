SELECT endpoint_id FROM hooks_endpoints WHERE tenant_id = $1 AND endpoint_id = $2 FOR NO KEY UPDATE
