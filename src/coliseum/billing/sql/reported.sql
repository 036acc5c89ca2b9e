SELECT coalesce(sum(amount), 0)::bigint AS amount, coalesce(max(sequence), 0)::int AS sequence
FROM billing_usage_reports WHERE tenant_id = $1 AND month = $2
