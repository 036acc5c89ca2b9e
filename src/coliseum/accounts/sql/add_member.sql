INSERT INTO accounts_members (tenant_id, person_id, role, joined_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING
