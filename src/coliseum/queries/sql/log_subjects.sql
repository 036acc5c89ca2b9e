SELECT subject_id, user_id FROM passport_subjects WHERE tenant_id = $1 AND subject_id = ANY ($2::bigint[])
