-- The newest $2 entries of the log. Those of each partition are put in order and cut within it, so that they are read
-- from the end of its index, whatever PostgreSQL believes of how many there are.
SELECT e.partition, e."offset", e.id, e.event_type, e.artist_id, e.event_id, e.track_id, e.city, e.currency, e.value,
       e.occurred_at, e.created_at
FROM passport_heads h
CROSS JOIN LATERAL (
    SELECT * FROM passport_entries l
    WHERE l.tenant_id = h.tenant_id AND l.partition = h.partition AND l."offset" >= h.head - $2
    ORDER BY l."offset" DESC
    LIMIT $2
) AS e
WHERE h.tenant_id = $1
ORDER BY e.created_at DESC, e.partition, e."offset" DESC
LIMIT $2
