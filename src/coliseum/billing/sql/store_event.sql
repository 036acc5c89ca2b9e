INSERT INTO billing_stripe_events (event_id, type, created, live, account, object_id, object_status, body, received_at,
                                   state, reason, next_attempt_at, done_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz, $10::text, $11,
        $9::timestamptz, CASE WHEN $10::text = 'stored' THEN NULL ELSE $9::timestamptz END)
ON CONFLICT (event_id) DO NOTHING
