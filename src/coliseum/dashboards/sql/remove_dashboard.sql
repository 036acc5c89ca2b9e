DELETE FROM dashboards_dashboards WHERE tenant_id = $1 AND dashboard_id = $2
