INSERT INTO privacy_retention (tenant_id, months, cutoff, ran_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (tenant_id) DO UPDATE SET months = excluded.months, cutoff = excluded.cutoff, ran_at = excluded.ran_at
