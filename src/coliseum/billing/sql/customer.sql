SELECT customer_id, generation FROM billing_customers WHERE tenant_id = $1
