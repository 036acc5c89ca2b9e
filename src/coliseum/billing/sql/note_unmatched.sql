INSERT INTO billing_unmatched (tenant_id, event_id, object_id, type, reason, amount, currency, seen_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (tenant_id, event_id, object_id) DO UPDATE SET reason = excluded.reason, resolved_at = NULL
