DELETE FROM hooks_endpoints WHERE tenant_id = $1 AND endpoint_id = $2
