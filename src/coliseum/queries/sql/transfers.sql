SELECT t.partition, t."offset", t.kind, t.amount, t.occurred_at
FROM treasury_transfers t
JOIN processor_units u ON u.tenant_id = t.tenant_id AND u.consumer = 'treasury' AND u.generation = t.generation
WHERE t.tenant_id = $1 AND t.subject_id = $2 AND t.currency = $3
ORDER BY t.occurred_at DESC, t.partition, t."offset" DESC
LIMIT $4
