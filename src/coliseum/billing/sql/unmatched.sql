SELECT event_id, object_id, type, reason, amount, currency, seen_at FROM billing_unmatched
WHERE tenant_id = $1 AND resolved_at IS NULL
ORDER BY seen_at DESC, event_id, object_id
LIMIT $2
