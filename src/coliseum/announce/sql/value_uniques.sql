-- $2 stored metric, $3 kind, $4 entity, $5 and $6 the window
SELECT count(*)
FROM (
    SELECT f.fan
    FROM coliseum_fan_hours f
    WHERE f.tenant_id = $1 AND f.generation = coliseum_generation($1) AND f.metric = coliseum_metric($1, $2)
      AND CASE $3::int WHEN 0 THEN 0 WHEN 1 THEN f.artist WHEN 2 THEN f.event WHEN 4 THEN f.track END = $4
      AND f.hour >= coalesce($5::timestamptz, '-infinity') AND f.hour < coalesce($6::timestamptz, 'infinity')
    GROUP BY f.fan
    HAVING sum(f.value) > 0
) AS fans
