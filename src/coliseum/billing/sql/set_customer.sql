UPDATE billing_customers SET customer_id = $2 WHERE tenant_id = $1 AND generation = $3 AND customer_id IS NULL
