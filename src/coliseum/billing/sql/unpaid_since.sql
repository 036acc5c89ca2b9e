-- When the present run of failed payments began: a question to all that was told, so that its order plays no part.
SELECT min(created) FROM billing_stripe_events
WHERE object_id = $1 AND type LIKE 'customer.subscription.%' AND state <> 'ignored'
  AND object_status IN ('past_due', 'unpaid')
  AND created > coalesce((SELECT max(created) FROM billing_stripe_events
                          WHERE object_id = $1 AND type LIKE 'customer.subscription.%' AND state <> 'ignored'
                            AND object_status IN ('active', 'trialing')), '-infinity')
