-- $2 and $3 the first and the last day
SELECT d.day, d.category, d.source, sum(d.entries)::bigint AS entries
FROM processor_units u
JOIN usage_days d ON d.tenant_id = u.tenant_id AND d.generation = u.generation
WHERE u.tenant_id = $1 AND u.consumer = 'usage' AND d.day BETWEEN $2::date AND $3::date
GROUP BY d.day, d.category, d.source
ORDER BY d.day, d.category, d.source
