INSERT INTO billing_customers (tenant_id, customer_id) VALUES ($1, $2)
ON CONFLICT (tenant_id) DO UPDATE SET customer_id = excluded.customer_id WHERE billing_customers.customer_id IS NULL
