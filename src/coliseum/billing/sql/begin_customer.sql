INSERT INTO billing_customers (tenant_id) VALUES ($1) ON CONFLICT (tenant_id) DO NOTHING
