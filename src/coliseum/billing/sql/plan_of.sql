SELECT plan FROM accounts_tenants WHERE tenant_id = $1
