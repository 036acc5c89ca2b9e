SELECT tenant_id, slug, name, time_zone, currency, partitions FROM accounts_tenants WHERE slug = $1
