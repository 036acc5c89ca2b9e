SELECT hooks_put($1, $2, $3::jsonb, $4::bigint[])
