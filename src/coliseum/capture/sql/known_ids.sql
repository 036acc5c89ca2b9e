SELECT id FROM passport_keys WHERE tenant_id = $1 AND id = ANY ($2::text[])
