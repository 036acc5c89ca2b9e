SELECT number, hash FROM trail_entries WHERE tenant_id = $1 ORDER BY number DESC LIMIT $2
