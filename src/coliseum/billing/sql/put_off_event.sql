UPDATE billing_stripe_events SET next_attempt_at = $2, reason = $3 WHERE event_id = $1 AND state = 'stored'
