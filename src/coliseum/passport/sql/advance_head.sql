UPDATE passport_heads SET head = $3 WHERE tenant_id = $1 AND partition = $2
