SELECT count(*) FROM hooks_endpoints WHERE tenant_id = $1
