SELECT count(*) FROM dashboards_dashboards WHERE tenant_id = $1
