SELECT count(*)
FROM (
    SELECT f.entity AS fan
    FROM coliseum_rollups f
    WHERE f.tenant_id = $1 AND f.generation = coliseum_generation($1) AND f.kind = 3
      AND f.metric = (SELECT num FROM coliseum_names WHERE tenant_id = $1 AND kind = 'metric' AND id = $2)
      AND CASE $3::int WHEN 0 THEN 0 WHEN 1 THEN f.artist WHEN 2 THEN f.event WHEN 4 THEN f.track END = $4
      AND f.grain = 0 AND f.bucket >= $5 AND f.bucket < $6
    GROUP BY f.entity
    HAVING sum(f.value) > 0
) AS pairs
