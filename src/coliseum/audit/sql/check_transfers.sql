WITH unit AS (
    SELECT generation FROM processor_units WHERE tenant_id = $1 AND consumer = 'treasury'
), money AS (
    SELECT e.partition, e."offset", e.subject_id, e.currency, e.event_type, abs(e.value) AS amount
    FROM unit
    JOIN processor_cursors c ON c.tenant_id = $1 AND c.consumer = 'treasury' AND c.generation = unit.generation
    JOIN passport_entries e ON e.tenant_id = $1 AND e.partition = c.partition AND e."offset" < c."offset"
    WHERE e.event_type LIKE 'treasury.money\_%' AND NOT EXISTS (
        SELECT FROM processor_dead_letters d
        WHERE d.tenant_id = $1 AND d.consumer = 'treasury' AND d.partition = e.partition AND d."offset" = e."offset")
), stored AS (
    SELECT t.partition, t."offset", t.subject_id, t.currency, 'treasury.money_' || t.kind AS event_type, t.amount
    FROM unit JOIN treasury_transfers t ON t.tenant_id = $1 AND t.generation = unit.generation
)
SELECT format('%s/%s', partition, "offset") AS key,
       coalesce(format('%s %s %s %s', s.subject_id, s.event_type, s.amount, s.currency), 'none') AS stored,
       coalesce(format('%s %s %s %s', m.subject_id, m.event_type, m.amount, m.currency), 'none') AS expected
FROM money m
FULL JOIN stored s USING (partition, "offset")
WHERE (m.subject_id, m.currency, m.event_type, m.amount) IS DISTINCT FROM
      (s.subject_id, s.currency, s.event_type, s.amount)
ORDER BY key
LIMIT $2
