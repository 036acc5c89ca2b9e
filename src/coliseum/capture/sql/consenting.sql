-- Those of these users whose last word on a purpose is a yes. OFFSET 0: as in resolve_subjects.
SELECT w.user_id
FROM unnest($2::text[]) AS w (user_id)
CROSS JOIN LATERAL (
    SELECT subject_id FROM passport_subjects WHERE tenant_id = $1 AND user_id = w.user_id OFFSET 0
) s
JOIN privacy_consents c ON c.tenant_id = $1 AND c.subject_id = s.subject_id AND c.purpose = $3 AND c.granted
