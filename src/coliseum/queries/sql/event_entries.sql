-- The newest $3 entries about an event, of the newest $4 entries of each partition, which are read from the end of its
-- index.
SELECT e.partition, e."offset", e.event_type, coalesce(a.name, e.artist_id) AS artist, e.currency, e.value, e.created_at
FROM passport_heads h
CROSS JOIN LATERAL (
    SELECT * FROM passport_entries l
    WHERE l.tenant_id = h.tenant_id AND l.partition = h.partition AND l."offset" >= h.head - $4
    ORDER BY l."offset" DESC
    LIMIT $4
) AS e
LEFT JOIN catalog_artists a ON a.tenant_id = h.tenant_id AND a.id = e.artist_id
WHERE h.tenant_id = $1 AND e.event_id = $2
ORDER BY e.created_at DESC, e.partition, e."offset" DESC
LIMIT $3
