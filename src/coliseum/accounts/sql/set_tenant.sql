UPDATE accounts_tenants
SET name = $2, time_zone = $3, currency = $4, allowed_origins = $5, retention_months = $6, consent_policy = $7,
    second_factor_required = $8, revision = revision + 1
WHERE tenant_id = $1
