-- Whom the entries of tenant $1 name in partition $2 from offset $3 on; they were received since $4
SELECT coalesce(array_agg(named.subject_id), '{}')
FROM passport_entries e
CROSS JOIN LATERAL (
    VALUES (e.subject_id), (CASE WHEN e.entity_type = 'user' THEN e.entity_id::bigint END)
) AS named (subject_id)
WHERE e.tenant_id = $1 AND e.partition = $2 AND e."offset" >= $3 AND e.created_at >= $4
  AND named.subject_id IS NOT NULL
