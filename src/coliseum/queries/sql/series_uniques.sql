-- $2 stored metric, $3 kind, $4 entity, $5 grain's name, $6 and $7 period, $8 time zone
SELECT bucket, count(*) AS value
FROM (
    SELECT coliseum_bucket($5, f.hour, $8) AS bucket, f.fan
    FROM coliseum_fan_hours f
    WHERE f.tenant_id = $1 AND f.generation = coliseum_generation($1) AND f.metric = coliseum_metric($1, $2)
      AND CASE $3::int WHEN 0 THEN 0 WHEN 1 THEN f.artist WHEN 2 THEN f.event WHEN 4 THEN f.track END = $4
      AND f.hour >= $6 AND f.hour < $7
    GROUP BY 1, f.fan
    HAVING sum(f.value) > 0
) AS pairs
GROUP BY bucket
