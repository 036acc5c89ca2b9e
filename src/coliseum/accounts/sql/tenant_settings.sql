SELECT slug, name, time_zone, currency, allowed_origins, retention_months, consent_policy, second_factor_required, plan,
       created_at, revision
FROM accounts_tenants
WHERE tenant_id = $1
