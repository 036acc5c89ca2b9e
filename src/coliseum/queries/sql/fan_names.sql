SELECT subject_id AS entity, user_id AS id, user_id AS name, NULL::text AS picture
FROM passport_subjects WHERE tenant_id = $1 AND subject_id = ANY ($2::bigint[])
