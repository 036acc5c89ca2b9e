INSERT INTO processor_dead_letters (tenant_id, consumer, partition, "offset", id, event_type, error, attempts)
SELECT tenant_id, $2, partition, "offset", id, event_type, $5, $6
FROM passport_entries
WHERE tenant_id = $1 AND partition = $3 AND "offset" = $4
ON CONFLICT (tenant_id, consumer, partition, "offset")
DO UPDATE SET error = excluded.error, attempts = processor_dead_letters.attempts + excluded.attempts, last_at = now()
RETURNING id, event_type
