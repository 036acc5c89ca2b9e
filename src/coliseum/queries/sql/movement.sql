-- $1 tenant, $2 metric, $3 kind, $4 grain, $5 entities, $6 where the present window begins, $7 the one before it.
-- Of each entity's seasons before the present one: the best rank, how many there are, the rank in the last window.
-- closed: whether that window has closed; first_received_at: of the tenant, since when there are seasons.
SELECT e.entity, run.peak, run.periods, run.previous, begun.closed, begun.first_received_at
FROM unnest($5::bigint[]) AS e (entity)
CROSS JOIN LATERAL (
    SELECT min(l.rank) AS peak, count(*) AS periods, min(l.rank) FILTER (WHERE l.starts_at = $7) AS previous
    FROM coliseum_leaderboards l
    WHERE l.tenant_id = $1 AND l.metric = $2 AND l.kind = $3 AND l.grain = $4 AND l.entity = e.entity
      AND l.starts_at < $6
) AS run
CROSS JOIN (
    SELECT EXISTS (
               SELECT FROM coliseum_closings c WHERE c.tenant_id = $1 AND c.grain = $4 AND c.starts_at = $7
           ) AS closed,
           coliseum_first_received($1) AS first_received_at
) AS begun
