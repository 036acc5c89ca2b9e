-- Personal fields of people of a tenant who were forgotten since $2, or became nobody since $3
DELETE FROM passport_personal p USING privacy_erasures e
WHERE e.tenant_id = $1 AND e.erased_at >= CASE e.requested_by WHEN 'retention' THEN $3::timestamptz ELSE $2::timestamptz END
  AND p.tenant_id = $1 AND p.subject_id = e.subject_id
