UPDATE billing_usage_reports SET state = $4
WHERE tenant_id = $1 AND month = $2 AND sequence = $3 AND state = 'intended'
