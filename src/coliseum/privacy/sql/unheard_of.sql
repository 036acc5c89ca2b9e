-- People of tenant $1 whom no entry names that was received since $2, as who acted or as who was acted on, and who have
-- no standing no: the first $3 by number. EXCEPT is one pass over each, whatever the statistics say
SELECT coalesce(array_agg(unheard.subject_id ORDER BY unheard.subject_id), '{}')
FROM (
    (
        SELECT s.subject_id FROM passport_subjects s WHERE s.tenant_id = $1 AND s.created_at < $2
        EXCEPT
        SELECT e.subject_id FROM passport_entries e
        WHERE e.tenant_id = $1 AND e.created_at >= $2 AND e.subject_id IS NOT NULL
        EXCEPT
        SELECT CASE WHEN e.entity_type = 'user' THEN e.entity_id::bigint END FROM passport_entries e
        WHERE e.tenant_id = $1 AND e.created_at >= $2 AND e.entity_type = 'user'
        EXCEPT
        SELECT c.subject_id FROM privacy_consents c WHERE c.tenant_id = $1 AND NOT c.granted
    )
    ORDER BY subject_id LIMIT $3
) AS unheard
