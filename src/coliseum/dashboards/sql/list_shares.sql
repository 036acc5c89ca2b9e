-- Those that open something, and the newest of those that do not any more.
SELECT share_id AS id, dashboard_id, panel, created_at, expires_at, revoked_at
FROM dashboards_shares
WHERE tenant_id = $1
ORDER BY (revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)) DESC, share_id DESC
LIMIT $3
