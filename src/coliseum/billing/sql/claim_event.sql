UPDATE billing_stripe_events SET attempts = attempts + 1, next_attempt_at = $2
WHERE event_id = (
    SELECT event_id FROM billing_stripe_events
    WHERE state = 'stored' AND next_attempt_at <= $1
    ORDER BY next_attempt_at, created, event_id
    LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING event_id, body, attempts
