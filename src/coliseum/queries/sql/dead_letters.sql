SELECT consumer, partition, "offset", id, event_type, error, attempts, first_at, last_at, asked_at
FROM processor_dead_letters
WHERE tenant_id = $1 AND ($2::text IS NULL OR consumer = $2)
ORDER BY last_at DESC, consumer, partition, "offset" DESC
LIMIT $3
