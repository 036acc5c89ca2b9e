DELETE FROM passport_subjects WHERE tenant_id = $1 AND user_id = $2 RETURNING subject_id
