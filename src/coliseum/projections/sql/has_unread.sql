-- Whether any entry that the rollups have not read was received before $2: not only the next one, because the clocks of
-- web servers differ. Mostly there are few; in a backlog the first one that is looked at is old enough.
SELECT EXISTS (
    SELECT FROM processor_units u
    JOIN processor_cursors c USING (tenant_id, consumer, generation)
    JOIN passport_entries e ON e.tenant_id = c.tenant_id AND e.partition = c.partition AND e."offset" >= c."offset"
    WHERE u.tenant_id = $1 AND u.consumer = 'coliseum' AND e.created_at < $2
)
