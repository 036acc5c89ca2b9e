INSERT INTO billing_accounts (tenant_id, account_id, created_at) VALUES ($1, $2, $3)
ON CONFLICT (tenant_id, account_id) DO NOTHING
