SELECT number, hash FROM trail_heads WHERE tenant_id = $1 FOR UPDATE
