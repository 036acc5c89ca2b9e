-- Of people $2 of tenant $1, who are held, whoever has said no no: nobody knows any more who they were. Returns how many
WITH gone AS (
    DELETE FROM passport_subjects s
    WHERE s.tenant_id = $1 AND s.subject_id = ANY ($2::bigint[])
      AND NOT EXISTS (
          SELECT FROM privacy_consents c WHERE c.tenant_id = $1 AND c.subject_id = s.subject_id AND NOT c.granted
      )
    RETURNING s.subject_id
), personal AS (
    DELETE FROM passport_personal p USING gone WHERE p.tenant_id = $1 AND p.subject_id = gone.subject_id
), said AS (
    INSERT INTO privacy_erasures (tenant_id, certificate, subject_id, requested_by, erased_at)
    SELECT $1, gen_random_uuid(), gone.subject_id, 'retention', clock_timestamp() FROM gone
)
SELECT count(*) FROM gone
