-- Each point looks back $7 days from the end of its bucket; hours, so that every zone's day is exact.
SELECT bucket, count(*) AS value
FROM (
    SELECT w.bucket, f.fan
    FROM coliseum_fan_hours f
    JOIN unnest($5::timestamptz[], $6::timestamptz[]) AS w (bucket, ends) ON true
    WHERE f.tenant_id = $1 AND f.generation = coliseum_generation($1) AND f.metric = coliseum_metric($1, $2)
      AND CASE $3::int WHEN 0 THEN 0 WHEN 1 THEN f.artist WHEN 2 THEN f.event WHEN 4 THEN f.track END = $4
      AND f.hour >= w.ends - make_interval(days => $7) AND f.hour < w.ends
    GROUP BY w.bucket, f.fan
    HAVING sum(f.value) > 0
) AS pairs
GROUP BY bucket
