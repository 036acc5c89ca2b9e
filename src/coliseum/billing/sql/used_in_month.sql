SELECT count(*) FROM passport_entries WHERE tenant_id = $1 AND created_at >= $2 AND created_at < $3
