SELECT DISTINCT tenant_id FROM billing_subscriptions
WHERE NOT over AND status IN ('past_due', 'unpaid', 'canceled')
  AND (grace_until <= $1 OR status = 'canceled' AND coalesce(current_period_end, '-infinity') <= $1)
