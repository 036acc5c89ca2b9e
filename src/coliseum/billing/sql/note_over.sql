UPDATE billing_subscriptions SET over = true WHERE tenant_id = $1 AND subscription_id = ANY ($2::text[]) AND NOT over
