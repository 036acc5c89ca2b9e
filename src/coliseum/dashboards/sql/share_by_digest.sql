-- What a secret opens at this moment, if it opens anything.
SELECT s.share_id AS id, s.dashboard_id, s.panel, s.created_at, s.expires_at, s.revoked_at
FROM dashboards_shares s
JOIN accounts_tenants t ON t.tenant_id = s.tenant_id AND t.suspended_at IS NULL
WHERE s.tenant_id = $1 AND s.digest = $2 AND s.revoked_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > $3)
