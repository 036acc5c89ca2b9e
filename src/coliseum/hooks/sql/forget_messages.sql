-- A batch of those that are older than $1 and on their way to nobody
DELETE FROM hooks_messages
WHERE (tenant_id, message_id) IN (
    SELECT m.tenant_id, m.message_id
    FROM hooks_messages m
    WHERE m.created_at < $1 AND NOT EXISTS (
        SELECT FROM hooks_deliveries d
        WHERE d.tenant_id = m.tenant_id AND d.message_id = m.message_id AND d.state = 'pending'
    )
    ORDER BY m.created_at
    LIMIT 5000
)
