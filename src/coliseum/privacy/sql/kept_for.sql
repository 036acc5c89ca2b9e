-- Tenants that keep what is about people for so many months: the moment that was so long before $1, and how far it was
-- done last
SELECT t.tenant_id, t.retention_months AS months,
       ($1::timestamptz AT TIME ZONE 'UTC' - make_interval(months => t.retention_months)) AT TIME ZONE 'UTC' AS wanted,
       r.months AS done_months, r.cutoff AS done_cutoff, r.ran_at
FROM accounts_tenants t LEFT JOIN privacy_retention r ON r.tenant_id = t.tenant_id
WHERE t.retention_months IS NOT NULL AND ($2::int IS NULL OR t.tenant_id = $2)
ORDER BY t.tenant_id
