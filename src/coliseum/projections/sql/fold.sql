-- Moves up to $4 increments into the rollups of four grains; how many were moved. $3 time zone
WITH taken AS MATERIALIZED (
    DELETE FROM coliseum_increments
    WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM coliseum_increments WHERE tenant_id = $1 AND generation = $2 LIMIT $4
    ))
    RETURNING metric, kind, hour, entity, artist, event, city, value
), buckets AS MATERIALIZED (
    SELECT hours.hour, g.grain, coliseum_bucket(g.label, hours.hour, $3) AS bucket
    FROM (SELECT DISTINCT hour FROM taken) AS hours
    CROSS JOIN (VALUES (0, 'hour'), (1, 'day'), (2, 'week'), (3, 'month')) AS g (grain, label)
), folded AS (
    INSERT INTO coliseum_rollups AS r
        (tenant_id, generation, metric, kind, grain, bucket, entity, artist, event, city, value)
    SELECT $1, $2, metric, kind, grain, bucket, entity, artist, event, city, sum(value)
    FROM (
        SELECT metric, kind, hour, entity, artist, event, city, sum(value) AS value
        FROM taken
        GROUP BY metric, kind, hour, entity, artist, event, city
    ) AS hourly
    JOIN buckets USING (hour)
    GROUP BY metric, kind, grain, bucket, entity, artist, event, city
    ORDER BY metric, kind, grain, bucket, entity, artist, event, city
    ON CONFLICT (tenant_id, generation, metric, kind, grain, bucket, entity, artist, event, city)
    DO UPDATE SET value = r.value + excluded.value
)
SELECT count(*) FROM taken
