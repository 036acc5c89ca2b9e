INSERT INTO trail_heads (tenant_id, hash) VALUES ($1, $2) ON CONFLICT (tenant_id) DO NOTHING
