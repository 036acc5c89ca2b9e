-- Moves up to $4 rows of hours that are over into the rollups of four grains; how many were moved. $3 time zone
WITH taken AS MATERIALIZED (
    DELETE FROM coliseum_hours
    WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM coliseum_hours
        WHERE tenant_id = $1 AND generation = $2 AND hour <= now() - interval '1 hour'
        ORDER BY hour LIMIT $4
        FOR UPDATE SKIP LOCKED -- a step that adds to an hour that is over is not waited for
    ))
    RETURNING metric, kind, hour, entity, artist, event, city, value, last_at
), buckets AS MATERIALIZED (
    SELECT hours.hour, g.grain, coliseum_bucket(g.label, hours.hour, $3) AS bucket
    FROM (SELECT DISTINCT hour FROM taken) AS hours
    CROSS JOIN (VALUES (0, 'hour'), (1, 'day'), (2, 'week'), (3, 'month')) AS g (grain, label)
), rolled_up AS (
    INSERT INTO coliseum_rollups AS r
        (tenant_id, generation, metric, kind, grain, bucket, entity, artist, event, city, value, last_at)
    SELECT $1, $2, metric, kind, grain, bucket, entity, artist, event, city, sum(value), max(last_at)
    FROM taken
    JOIN buckets USING (hour)
    GROUP BY metric, kind, grain, bucket, entity, artist, event, city
    ORDER BY metric, kind, grain, bucket, entity, artist, event, city
    ON CONFLICT (tenant_id, generation, metric, kind, grain, bucket, entity, artist, event, city)
    DO UPDATE SET value = r.value + excluded.value, last_at = greatest(r.last_at, excluded.last_at)
)
SELECT count(*) FROM taken
