SELECT tenant_id, slug, name, time_zone, currency, partitions, plan, array_to_string(allowed_origins, ' ') AS origins,
       consent_policy = 'opt_in' AS opt_in
FROM accounts_tenants WHERE tenant_id = $1
