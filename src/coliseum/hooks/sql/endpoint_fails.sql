UPDATE hooks_endpoints SET failing_since = coalesce(failing_since, $3)
WHERE tenant_id = $1 AND endpoint_id = $2 AND disabled_at IS NULL
RETURNING failing_since
