UPDATE billing_stripe_events SET state = 'stored', reason = '', attempts = 0, next_attempt_at = $2, done_at = NULL
WHERE body IS NOT NULL AND (event_id = $1 OR $1::text IS NULL AND state IN ('failed', 'unmatched', 'stored'))
RETURNING event_id
