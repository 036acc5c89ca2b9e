UPDATE billing_stripe_events SET state = $2, reason = $3, done_at = $4 WHERE event_id = $1 AND state = 'stored'
