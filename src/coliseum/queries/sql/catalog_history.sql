SELECT entity_id, partition, "offset", id, source, occurred_at, created_at, artist_id, city, metadata
FROM passport_entries
WHERE tenant_id = $1 AND event_category = 'catalog' AND event_type = $2 AND entity_id = $3
ORDER BY occurred_at DESC, partition DESC, "offset" DESC
LIMIT $4
