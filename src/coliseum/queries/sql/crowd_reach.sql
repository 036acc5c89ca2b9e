-- When the oldest of the newest $2 entries of each partition was received, where there are older ones.
SELECT max(l.created_at)
FROM passport_heads h
JOIN passport_entries l ON l.tenant_id = h.tenant_id AND l.partition = h.partition AND l."offset" = h.head - $2
WHERE h.tenant_id = $1 AND h.head > $2
