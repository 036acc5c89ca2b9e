INSERT INTO privacy_suppressed (tenant_id, digest, day) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
