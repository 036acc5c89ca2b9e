SELECT tenant_id, slug, name, time_zone, currency, partitions, plan FROM accounts_tenants WHERE slug = $1
