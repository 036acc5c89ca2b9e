-- $2 day, $3 category and $4 source, where they are given
SELECT coalesce(sum(d.entries), 0)::bigint
FROM processor_units u
JOIN usage_days d ON d.tenant_id = u.tenant_id AND d.generation = u.generation
WHERE u.tenant_id = $1 AND u.consumer = 'usage' AND d.day = $2::date
  AND ($3::text IS NULL OR d.category = $3) AND ($4::text IS NULL OR d.source = $4)
