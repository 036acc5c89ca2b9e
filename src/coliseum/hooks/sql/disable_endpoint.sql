UPDATE hooks_endpoints SET disabled_at = $3, disabled_reason = $4
WHERE tenant_id = $1 AND endpoint_id = $2 AND disabled_at IS NULL
