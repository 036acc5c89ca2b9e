SELECT head FROM passport_heads WHERE tenant_id = $1 AND partition = $2 FOR UPDATE
