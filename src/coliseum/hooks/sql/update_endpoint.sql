UPDATE hooks_endpoints
SET url = $3, description = $4, topics = $5, boards = $6, failing_since = $7, disabled_at = $8, disabled_reason = $9
WHERE tenant_id = $1 AND endpoint_id = $2
