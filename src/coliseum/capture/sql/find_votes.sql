SELECT e.id, e.subject_id, e.entity_type, e.entity_id, e.artist_id, e.event_id, e.city, e.value, e.occurred_at,
       e.dna_influence
FROM passport_keys k
JOIN passport_entries e ON e.tenant_id = k.tenant_id AND e.partition = k.partition AND e."offset" = k."offset"
WHERE k.tenant_id = $1 AND k.id = ANY ($2::text[]) AND e.event_type = 'coliseum.vote_cast'
