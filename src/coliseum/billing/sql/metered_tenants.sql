SELECT t.tenant_id, t.plan, c.customer_id
FROM billing_customers c JOIN accounts_tenants t USING (tenant_id)
WHERE c.customer_id IS NOT NULL AND t.plan = ANY ($1::text[])
ORDER BY t.tenant_id
