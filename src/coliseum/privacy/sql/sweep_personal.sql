-- Personal fields of people of a tenant who were forgotten since $2
DELETE FROM passport_personal p USING privacy_erasures e
WHERE e.tenant_id = $1 AND e.erased_at >= $2 AND p.tenant_id = $1 AND p.subject_id = e.subject_id
