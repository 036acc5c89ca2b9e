-- $2 endpoint and $3 state, when given; $4: those before this one
SELECT d.delivery_id AS id, d.message_id, m.topic, d.endpoint_id, d.state, d.attempt, d.next_attempt_at, d.created_at,
       d.attempted_at, d.ended_at, d.status, d.failure, d.duration_ms
FROM hooks_deliveries d JOIN hooks_messages m USING (tenant_id, message_id)
WHERE d.tenant_id = $1 AND ($2::bigint IS NULL OR d.endpoint_id = $2) AND ($3::text IS NULL OR d.state = $3)
  AND ($4::bigint IS NULL OR d.delivery_id < $4)
ORDER BY d.delivery_id DESC
LIMIT $5
