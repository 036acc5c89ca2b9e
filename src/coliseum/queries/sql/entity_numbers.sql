SELECT id, num FROM coliseum_names WHERE tenant_id = $1 AND kind = $2 AND id = ANY ($3::text[])
