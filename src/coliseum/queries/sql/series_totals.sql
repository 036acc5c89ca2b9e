SELECT bucket, sum(value)::bigint AS value
FROM (
    SELECT r.bucket, r.value
    FROM coliseum_rollups r
    WHERE r.tenant_id = $1 AND r.generation = coliseum_generation($1) AND r.kind = $3 AND r.entity = $4
      AND r.metric = (SELECT num FROM coliseum_names WHERE tenant_id = $1 AND kind = 'metric' AND id = $2)
      AND r.grain = $5 AND r.bucket >= $6 AND r.bucket < $7
    UNION ALL
    SELECT r.bucket, r.value
    FROM coliseum_bills b
    JOIN coliseum_rollups r ON r.tenant_id = $1 AND r.kind = 2 AND r.entity = b.event
    WHERE $8 AND b.tenant_id = $1 AND b.artist = $4 AND r.generation = coliseum_generation($1)
      AND r.metric = (SELECT num FROM coliseum_names WHERE tenant_id = $1 AND kind = 'metric' AND id = $2)
      AND r.grain = $5 AND r.bucket >= $6 AND r.bucket < $7
) AS counted
GROUP BY bucket
