UPDATE billing_stripe_events SET body = NULL WHERE done_at < $1 AND body IS NOT NULL AND state IN ('applied', 'ignored')
