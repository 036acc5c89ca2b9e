SELECT tenant_id FROM billing_accounts WHERE account_id = $1
