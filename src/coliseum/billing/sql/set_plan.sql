UPDATE accounts_tenants SET plan = $2 WHERE tenant_id = $1
