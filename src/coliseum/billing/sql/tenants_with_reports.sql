SELECT DISTINCT tenant_id FROM billing_usage_reports WHERE state = 'intended' ORDER BY tenant_id
