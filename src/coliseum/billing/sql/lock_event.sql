SELECT state FROM billing_stripe_events WHERE event_id = $1 FOR UPDATE
