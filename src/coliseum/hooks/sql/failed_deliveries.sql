SELECT d.delivery_id
FROM hooks_deliveries d JOIN hooks_endpoints e USING (tenant_id, endpoint_id)
WHERE d.tenant_id = $1 AND d.state = 'failed' AND e.disabled_at IS NULL
ORDER BY d.delivery_id
LIMIT 10000
