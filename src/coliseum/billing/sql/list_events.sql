SELECT event_id, type, created, state, reason, attempts, account, object_id, received_at, next_attempt_at
FROM billing_stripe_events
WHERE ($1::text IS NULL OR state = $1)
ORDER BY received_at DESC, event_id
LIMIT $2
