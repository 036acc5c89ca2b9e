INSERT INTO billing_subscriptions (tenant_id, subscription_id, price_id, plan, status, current_period_end,
                                   cancel_at_period_end, grace_until, object_created, newest_created, newest_event,
                                   updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
ON CONFLICT (tenant_id, subscription_id) DO UPDATE SET
    price_id = excluded.price_id, plan = excluded.plan, status = excluded.status,
    current_period_end = excluded.current_period_end, cancel_at_period_end = excluded.cancel_at_period_end,
    grace_until = excluded.grace_until, object_created = excluded.object_created,
    newest_created = excluded.newest_created, newest_event = excluded.newest_event, updated_at = excluded.updated_at,
    over = false
