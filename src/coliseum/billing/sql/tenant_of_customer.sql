SELECT tenant_id FROM billing_customers WHERE customer_id = $1
