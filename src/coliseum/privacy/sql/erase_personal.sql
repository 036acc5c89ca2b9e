DELETE FROM passport_personal WHERE tenant_id = $1 AND subject_id = $2
