-- The people of a tenant behind a number: $1 tenant, $2 number, $3 rows
SELECT subject_id, user_id FROM passport_subjects
WHERE tenant_id = $1 AND subject_id > $2 ORDER BY subject_id LIMIT $3
