SELECT partition, head FROM passport_heads WHERE tenant_id = $1
