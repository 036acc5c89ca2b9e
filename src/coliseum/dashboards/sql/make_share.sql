INSERT INTO dashboards_shares (tenant_id, digest, dashboard_id, panel, created_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING share_id AS id, dashboard_id, panel, created_at, expires_at, revoked_at
