SELECT EXISTS (SELECT FROM passport_heads WHERE tenant_id = $1 AND head > 0)
