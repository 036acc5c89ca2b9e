-- Tenants that keep what is about people without an end, and once did not
SELECT t.tenant_id FROM accounts_tenants t JOIN privacy_retention r ON r.tenant_id = t.tenant_id
WHERE t.retention_months IS NULL
