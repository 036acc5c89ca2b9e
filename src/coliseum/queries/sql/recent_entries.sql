SELECT e.partition, e."offset", e.id, e.event_type, e.artist_id, e.event_id, e.track_id, e.city, e.currency, e.value,
       e.occurred_at, e.created_at
FROM passport_heads h
CROSS JOIN LATERAL (
    SELECT * FROM passport_entries l
    WHERE l.tenant_id = h.tenant_id AND l.partition = h.partition AND l."offset" >= h.head - $2
) AS e
WHERE h.tenant_id = $1
ORDER BY e.created_at DESC, e.partition, e."offset" DESC
LIMIT $2
