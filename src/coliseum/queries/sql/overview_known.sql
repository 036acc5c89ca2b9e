-- Under which names money was counted, and when the first month with anything in it began: of the tenant as a whole,
-- which has one row a metric and month, and one a metric and hour that is not rolled up.
SELECT (SELECT array_agg(n.id ORDER BY n.id)
        FROM coliseum_names n
        WHERE n.tenant_id = $1 AND n.kind = 'metric' AND n.id LIKE 'money\_%:___') AS money,
       least((SELECT min(r.bucket)
              FROM coliseum_rollups r
              WHERE r.tenant_id = $1 AND r.generation = coliseum_generation($1) AND r.kind = 0 AND r.entity = 0
                AND r.grain = 3),
             (SELECT min(h.hour)
              FROM coliseum_hours h
              WHERE h.tenant_id = $1 AND h.generation = coliseum_generation($1))) AS first
