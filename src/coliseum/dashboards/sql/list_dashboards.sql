SELECT dashboard_id AS id, name, jsonb_array_length(panels) AS panels, revision, created_at, changed_at
FROM dashboards_dashboards
WHERE tenant_id = $1
ORDER BY lower(name), dashboard_id
