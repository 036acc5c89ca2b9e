INSERT INTO billing_usage_reports (tenant_id, month, sequence, amount, customer_id, intended_at)
VALUES ($1, $2, $3, $4, $5, $6)
