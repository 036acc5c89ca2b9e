-- People of tenant $1 whom no entry names that was received since $2, as who acted or as who was acted on, and who have
-- no standing no: the first $3 by number
WITH heard_of AS (
    SELECT DISTINCT named.subject_id
    FROM passport_entries e
    CROSS JOIN LATERAL (
        VALUES (e.subject_id), (CASE WHEN e.entity_type = 'user' THEN e.entity_id::bigint END)
    ) AS named (subject_id)
    WHERE e.tenant_id = $1 AND e.created_at >= $2 AND named.subject_id IS NOT NULL
)
SELECT coalesce(array_agg(unheard.subject_id ORDER BY unheard.subject_id), '{}')
FROM (
    SELECT s.subject_id
    FROM passport_subjects s
    LEFT JOIN heard_of h ON h.subject_id = s.subject_id
    WHERE s.tenant_id = $1 AND s.created_at < $2 AND h.subject_id IS NULL
      AND NOT EXISTS (
          SELECT FROM privacy_consents c WHERE c.tenant_id = $1 AND c.subject_id = s.subject_id AND NOT c.granted
      )
    ORDER BY s.subject_id LIMIT $3
) AS unheard
