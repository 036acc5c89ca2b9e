SELECT subscription_id, price_id, plan, status, current_period_end, cancel_at_period_end, grace_until, object_created,
       newest_created, newest_event
FROM billing_subscriptions WHERE tenant_id = $1 ORDER BY object_created, subscription_id
