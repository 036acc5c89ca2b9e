SELECT 'id ' || k.id AS key, format('%s/%s', k.partition, k."offset") AS stored,
       coalesce(e.id, 'no entry there') AS expected
FROM passport_keys k
LEFT JOIN passport_entries e ON e.tenant_id = k.tenant_id AND e.partition = k.partition AND e."offset" = k."offset"
WHERE k.tenant_id = $1 AND e.id IS DISTINCT FROM k.id
LIMIT $2
