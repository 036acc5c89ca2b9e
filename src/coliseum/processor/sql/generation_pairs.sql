SELECT n.partition, n."offset", l."offset" AS live
FROM processor_units u
JOIN processor_cursors l ON l.tenant_id = u.tenant_id AND l.consumer = u.consumer AND l.generation = u.generation
JOIN processor_cursors n ON n.tenant_id = u.tenant_id AND n.consumer = u.consumer AND n.generation = $3
    AND n.partition = l.partition
WHERE u.tenant_id = $1 AND u.consumer = $2
ORDER BY n.partition
