SELECT plan FROM accounts_tenants WHERE tenant_id = $1 FOR NO KEY UPDATE
