SELECT user_id AS id, subject_id AS num FROM passport_subjects WHERE tenant_id = $1 AND user_id = ANY ($2::text[])
