SELECT month, sequence, amount, customer_id, intended_at FROM billing_usage_reports
WHERE tenant_id = $1 AND state = 'intended' ORDER BY month, sequence
