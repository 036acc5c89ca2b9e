INSERT INTO dashboards_dashboards (tenant_id, name, panels, created_by, created_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $5)
RETURNING dashboard_id AS id, name, panels, revision, created_at, changed_at
