UPDATE billing_customers SET customer_id = NULL, generation = generation + 1 WHERE tenant_id = $1 AND customer_id = $2
