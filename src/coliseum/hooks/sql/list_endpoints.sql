SELECT endpoint_id, url, description, topics, boards, created_by, created_at, failing_since, disabled_at, disabled_reason,
       previous_until
FROM hooks_endpoints WHERE tenant_id = $1 ORDER BY endpoint_id
