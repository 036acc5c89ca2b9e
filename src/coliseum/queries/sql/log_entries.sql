-- The newest entries of one partition that a question leaves, newest first. $2 partition; offsets from $3 up to, not
-- including, $4; then what they must be: type, artist, event, track, source, id, subject, received since; $13 rows
SELECT partition, "offset", id, event_type, source, entity_type, entity_id, artist_id, event_id, track_id, city,
       currency, value, occurred_at, created_at, subject_id
FROM passport_entries
WHERE tenant_id = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4
  AND ($5::text IS NULL OR event_type = $5)
  AND ($6::text IS NULL OR artist_id = $6)
  AND ($7::text IS NULL OR event_id = $7)
  AND ($8::text IS NULL OR track_id = $8)
  AND ($9::text IS NULL OR source = $9)
  AND ($10::text IS NULL OR id = $10)
  AND ($11::bigint IS NULL OR subject_id = $11)
  AND ($12::timestamptz IS NULL OR created_at >= $12)
ORDER BY "offset" DESC
LIMIT $13
