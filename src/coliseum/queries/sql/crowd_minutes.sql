-- How many came to an event in each minute since $3, of the newest $4 entries of each partition, which are read from the
-- end of its index; and from when on nothing is missing: the oldest of those that were looked at, when there are older.
WITH newest AS MATERIALIZED (
    SELECT e.event_type, e.event_id, e.value, e.occurred_at, e.created_at
    FROM passport_heads h
    CROSS JOIN LATERAL (
        SELECT * FROM passport_entries l
        WHERE l.tenant_id = h.tenant_id AND l.partition = h.partition AND l."offset" >= h.head - $4
          AND l.created_at >= $3
        ORDER BY l."offset" DESC
        LIMIT $4
    ) AS e
    WHERE h.tenant_id = $1
)
SELECT date_trunc('minute', n.occurred_at, 'UTC') AS start, sum(n.value)::bigint AS value
FROM newest n
WHERE n.event_id = $2 AND n.event_type = 'concierto.event_attended' AND n.occurred_at >= $3
GROUP BY 1
ORDER BY 1
