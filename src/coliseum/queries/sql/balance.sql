SELECT b.spent::bigint AS spent, b.earned::bigint AS earned, b.refunded::bigint AS refunded
FROM treasury_balances b
JOIN processor_units u ON u.tenant_id = b.tenant_id AND u.consumer = 'treasury' AND u.generation = b.generation
WHERE b.tenant_id = $1 AND b.subject_id = $2 AND b.currency = $3
