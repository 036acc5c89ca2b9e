SELECT dashboard_id AS id, name, panels, revision, created_at, changed_at
FROM dashboards_dashboards
WHERE tenant_id = $1 AND dashboard_id = $2
FOR UPDATE
