SELECT 'partition ' || h.partition AS key, 'head ' || h.head AS stored,
       format('%s entries from %s to %s', count(e."offset"), min(e."offset"), max(e."offset")) AS expected
FROM passport_heads h
LEFT JOIN passport_entries e ON e.tenant_id = h.tenant_id AND e.partition = h.partition
WHERE h.tenant_id = $1
GROUP BY h.partition, h.head
HAVING count(e."offset") <> h.head OR count(DISTINCT e."offset") <> h.head
    OR coalesce(max(e."offset"), -1) <> h.head - 1 OR coalesce(min(e."offset"), 0) <> 0
LIMIT $2
