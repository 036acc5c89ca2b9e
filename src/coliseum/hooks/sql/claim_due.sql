-- Claims what is due at $1 until $2: committed before it is sent. $3 and $4: tenants and endpoints that this process is
-- sending to already. $5: how many endpoints are taken, the tenants in turn, each at most $6 times beside what is under
-- way; $7: how many of an endpoint's deliveries, the oldest first.
WITH due AS MATERIALIZED (
    SELECT tenant_id, endpoint_id, min(next_attempt_at) AS since
    FROM hooks_deliveries
    WHERE state = 'pending' AND next_attempt_at <= $1
    GROUP BY tenant_id, endpoint_id
), turns AS MATERIALIZED (
    SELECT d.tenant_id, d.endpoint_id, d.since,
           row_number() OVER (PARTITION BY d.tenant_id ORDER BY d.since, d.endpoint_id)
           + (SELECT count(*) FROM unnest($3::int[]) AS b (tenant_id) WHERE b.tenant_id = d.tenant_id) AS turn
    FROM due d
    WHERE NOT EXISTS (
        SELECT FROM unnest($3::int[], $4::bigint[]) AS b (tenant_id, endpoint_id)
        WHERE b.tenant_id = d.tenant_id AND b.endpoint_id = d.endpoint_id
    )
), taken AS MATERIALIZED (
    SELECT tenant_id, endpoint_id FROM turns WHERE turn <= $6 ORDER BY turn, since LIMIT $5
), claimed AS MATERIALIZED (
    SELECT c.tenant_id, c.delivery_id
    FROM taken t
    CROSS JOIN LATERAL (
        SELECT d.tenant_id, d.delivery_id
        FROM hooks_deliveries d
        WHERE d.tenant_id = t.tenant_id AND d.endpoint_id = t.endpoint_id AND d.state = 'pending'
          AND d.next_attempt_at <= $1
        ORDER BY d.delivery_id
        LIMIT $7
        FOR UPDATE SKIP LOCKED
    ) AS c
)
UPDATE hooks_deliveries d
SET attempt = d.attempt + 1, attempted_at = $1, next_attempt_at = $2
FROM claimed c, hooks_endpoints e, hooks_messages m
WHERE d.tenant_id = c.tenant_id AND d.delivery_id = c.delivery_id
  AND e.tenant_id = d.tenant_id AND e.endpoint_id = d.endpoint_id
  AND m.tenant_id = d.tenant_id AND m.message_id = d.message_id
RETURNING d.tenant_id, d.delivery_id, d.endpoint_id, d.attempt, e.url, e.secret, e.previous_secret, e.previous_until,
          e.disabled_at IS NOT NULL AS disabled, m.message_id, m.topic, m.payload, m.created_at
