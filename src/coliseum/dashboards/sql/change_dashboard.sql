UPDATE dashboards_dashboards
SET name = $3, panels = $4, changed_at = $5, revision = revision + 1
WHERE tenant_id = $1 AND dashboard_id = $2
RETURNING dashboard_id AS id, name, panels, revision, created_at, changed_at
