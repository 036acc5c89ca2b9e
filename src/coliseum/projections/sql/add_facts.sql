-- Adds a range of the log: what fans did, what everything else comes to, and the gross of each metric.
-- $1 tenant, $2 generation, $3 partition, $4 and $5 offsets, $6 offsets to leave out, $7 time zone
WITH counts AS MATERIALIZED (
    SELECT * FROM coliseum_counts($1, $3::smallint, $4, $5, $6, $7, true)
), incremented AS (
    INSERT INTO coliseum_increments (tenant_id, generation, metric, kind, hour, entity, artist, event, city, value)
    SELECT $1, $2, metric, kind, hour, entity, artist, event, city, value FROM counts WHERE kind <> 3 AND value <> 0
), grossed AS (
    INSERT INTO coliseum_gross AS g (tenant_id, generation, metric, gross)
    SELECT $1, $2, stored_metric, sum(gross) FROM counts WHERE kind = 0 AND gross <> 0
    GROUP BY stored_metric
    ORDER BY stored_metric
    ON CONFLICT (tenant_id, generation, metric) DO UPDATE SET gross = g.gross + excluded.gross
)
INSERT INTO coliseum_fan_hours (tenant_id, generation, metric, hour, fan, artist, event, track, city, value)
SELECT $1, $2, metric, hour, entity, artist, event, track, city, value FROM counts WHERE kind = 3 AND value <> 0
