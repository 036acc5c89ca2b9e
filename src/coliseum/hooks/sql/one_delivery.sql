SELECT d.delivery_id AS id, d.message_id, m.topic, d.endpoint_id, d.state, d.attempt, d.next_attempt_at, d.created_at,
       d.attempted_at, d.ended_at, d.status, d.failure, d.duration_ms
FROM hooks_deliveries d JOIN hooks_messages m USING (tenant_id, message_id)
WHERE d.tenant_id = $1 AND d.delivery_id = $2
