UPDATE dashboards_shares SET revoked_at = $3
WHERE tenant_id = $1 AND share_id = $2 AND revoked_at IS NULL
RETURNING share_id AS id, dashboard_id, panel, created_at, expires_at, revoked_at
