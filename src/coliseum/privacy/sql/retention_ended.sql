DELETE FROM privacy_retention WHERE tenant_id = $1
