WITH transfers AS (
    INSERT INTO treasury_transfers
        (tenant_id, generation, partition, "offset", subject_id, kind, currency, amount, occurred_at)
    SELECT tenant_id, $2, partition, "offset", subject_id,
           CASE event_type WHEN 'treasury.money_spent' THEN 'spent' WHEN 'treasury.money_earned' THEN 'earned'
                ELSE 'refunded' END,
           currency, abs(value), occurred_at
    FROM passport_entries
    WHERE tenant_id = $1 AND partition = $3 AND "offset" >= $4 AND "offset" < $5 AND "offset" <> ALL ($6::bigint[])
      AND event_type IN ('treasury.money_spent', 'treasury.money_earned', 'treasury.money_refunded')
    RETURNING subject_id, kind, currency, amount
), sums AS (
    SELECT subject_id, currency,
           coalesce(sum(amount) FILTER (WHERE kind = 'spent'), 0) AS spent,
           coalesce(sum(amount) FILTER (WHERE kind = 'earned'), 0) AS earned,
           coalesce(sum(amount) FILTER (WHERE kind = 'refunded'), 0) AS refunded
    FROM transfers GROUP BY subject_id, currency
), postings AS (
    SELECT subject_id, currency, spent, earned, refunded FROM sums
    UNION ALL -- the platform's side of every transfer
    SELECT 0, currency, sum(earned), sum(spent), -sum(refunded) FROM sums GROUP BY currency
)
INSERT INTO treasury_balances AS b (tenant_id, generation, subject_id, currency, spent, earned, refunded)
SELECT $1, $2, subject_id, currency, spent, earned, refunded FROM postings
ON CONFLICT (tenant_id, generation, subject_id, currency) DO UPDATE SET
    spent = b.spent + excluded.spent, earned = b.earned + excluded.earned, refunded = b.refunded + excluded.refunded
