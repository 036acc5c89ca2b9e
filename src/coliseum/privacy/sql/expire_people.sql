-- Of people $2 of tenant $1, whoever was not heard of meanwhile, which is from heads $4 of partitions $3 on, and has said
-- no no: nobody knows any more who they were. $5: when. Returns how many
WITH meanwhile AS MATERIALIZED (
    SELECT named.subject_id
    FROM unnest($3::smallint[], $4::bigint[]) AS read (partition, head)
    JOIN passport_entries e ON e.tenant_id = $1 AND e.partition = read.partition AND e."offset" >= read.head
    CROSS JOIN LATERAL (
        VALUES (e.subject_id), (CASE WHEN e.entity_type = 'user' THEN e.entity_id::bigint END)
    ) AS named (subject_id)
    WHERE named.subject_id IS NOT NULL
), gone AS (
    DELETE FROM passport_subjects s
    WHERE s.tenant_id = $1 AND s.subject_id = ANY ($2::bigint[])
      AND NOT EXISTS (SELECT FROM meanwhile m WHERE m.subject_id = s.subject_id)
      AND NOT EXISTS (
          SELECT FROM privacy_consents c WHERE c.tenant_id = $1 AND c.subject_id = s.subject_id AND NOT c.granted
      )
    RETURNING s.subject_id
), personal AS (
    DELETE FROM passport_personal p USING gone WHERE p.tenant_id = $1 AND p.subject_id = gone.subject_id
), said AS (
    INSERT INTO privacy_erasures (tenant_id, certificate, subject_id, requested_by, erased_at)
    SELECT $1, gen_random_uuid(), gone.subject_id, 'retention', $5 FROM gone
)
SELECT count(*) FROM gone
