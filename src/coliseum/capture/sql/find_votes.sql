SELECT e.id, e.subject_id, e.entity_type, e.entity_id, e.artist_id, e.event_id, e.city, e.value, e.occurred_at,
       e.dna_influence
FROM passport_keys k
CROSS JOIN LATERAL (  -- by its whole key, whatever the statistics say: see resolve_subjects.sql
    SELECT * FROM passport_entries
    WHERE tenant_id = k.tenant_id AND partition = k.partition AND "offset" = k."offset" OFFSET 0
) e
WHERE k.tenant_id = $1 AND k.id = ANY ($2::text[]) AND e.event_type = 'coliseum.vote_cast'
