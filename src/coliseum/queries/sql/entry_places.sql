-- Of whom, where and of what entries of the log are. $1 tenant, $2 partitions, $3 offsets, $4 when they were received.
SELECT e.partition, e."offset", e.subject_id IS NOT NULL AS of_person, s.user_id, e.artist_id, e.event_id, e.track_id,
       e.city, a.name AS artist, v.name AS event, t.name AS track, e.source
FROM unnest($2::int[], $3::bigint[], $4::timestamptz[]) AS place (partition, "offset", created_at)
JOIN passport_entries e ON e.tenant_id = $1 AND e.partition = place.partition AND e."offset" = place."offset"
    AND e.created_at = place.created_at
LEFT JOIN passport_subjects s ON s.tenant_id = e.tenant_id AND s.subject_id = e.subject_id
LEFT JOIN catalog_artists a ON a.tenant_id = e.tenant_id AND a.id = e.artist_id
LEFT JOIN catalog_events v ON v.tenant_id = e.tenant_id AND v.id = e.event_id
LEFT JOIN catalog_tracks t ON t.tenant_id = e.tenant_id AND t.id = e.track_id
