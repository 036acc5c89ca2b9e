INSERT INTO processor_cursors (tenant_id, consumer, generation, partition, "offset")
SELECT tenant_id, consumer, $4, partition, 0 FROM processor_cursors
WHERE tenant_id = $1 AND consumer = $2 AND generation = $3
ON CONFLICT (tenant_id, consumer, generation, partition) DO UPDATE SET "offset" = 0
