UPDATE hooks_deliveries SET state = 'abandoned', next_attempt_at = NULL, ended_at = $3
WHERE tenant_id = $1 AND endpoint_id = $2 AND state = 'pending'
