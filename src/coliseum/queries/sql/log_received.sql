SELECT created_at FROM passport_entries WHERE tenant_id = $1 AND partition = $2 AND "offset" = $3
