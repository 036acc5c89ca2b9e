SELECT tenant_id, slug, name, time_zone, currency, partitions FROM accounts_tenants ORDER BY slug
