SELECT e.partition, e."offset", e.id, e.event_type, e.source, e.entity_type, e.entity_id, e.artist_id, e.event_id,
       e.track_id, e.city, e.currency, e.value, e.occurred_at, e.created_at, e.subject_id, e.dna_influence,
       e.session_id::text AS session, e.device_id::text AS device, e.metadata, s.user_id, p.fields AS personal
FROM passport_entries e
LEFT JOIN passport_subjects s ON s.tenant_id = e.tenant_id AND s.subject_id = e.subject_id
LEFT JOIN passport_personal p ON p.tenant_id = e.tenant_id AND p.partition = e.partition AND p."offset" = e."offset"
WHERE e.tenant_id = $1 AND e.partition = $2 AND e."offset" = $3
