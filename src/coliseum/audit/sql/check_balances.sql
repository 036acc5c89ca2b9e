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
), accounts AS (
    SELECT subject_id, currency,
           sum(CASE event_type WHEN 'treasury.money_spent' THEN -amount ELSE amount END) AS balance
    FROM money GROUP BY subject_id, currency
    UNION ALL
    SELECT 0, currency, sum(CASE event_type WHEN 'treasury.money_spent' THEN amount ELSE -amount END)
    FROM money GROUP BY currency
), stored AS (
    SELECT b.subject_id, b.currency, b.earned + b.refunded - b.spent AS balance
    FROM unit JOIN treasury_balances b ON b.tenant_id = $1 AND b.generation = unit.generation
)
SELECT format('subject %s %s', subject_id, currency) AS key, coalesce(s.balance, 0)::text AS stored,
       coalesce(a.balance, 0)::text AS expected
FROM accounts a
FULL JOIN stored s USING (subject_id, currency)
WHERE coalesce(a.balance, 0) <> coalesce(s.balance, 0)
UNION ALL
SELECT 'all accounts ' || currency, sum(balance)::text, '0' FROM stored GROUP BY currency HAVING sum(balance) <> 0
LIMIT $2
