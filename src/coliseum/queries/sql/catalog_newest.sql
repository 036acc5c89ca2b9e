-- The newest statement of each of these entities, by the log itself
SELECT DISTINCT ON (entity_id)
       entity_id, partition, "offset", id, source, occurred_at, created_at, artist_id, city, metadata
FROM passport_entries
WHERE tenant_id = $1 AND event_category = 'catalog' AND event_type = $2 AND entity_id = ANY ($3::text[])
ORDER BY entity_id, occurred_at DESC, partition DESC, "offset" DESC
