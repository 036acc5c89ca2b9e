-- Moves up to $3 increments into the hours that they belong to; how many were moved.
WITH taken AS MATERIALIZED ( -- those of one key together, so that each key is written once
    DELETE FROM coliseum_increments
    WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM coliseum_increments WHERE tenant_id = $1 AND generation = $2
        ORDER BY metric, kind, hour LIMIT $3
    ))
    RETURNING metric, kind, hour, entity, artist, event, city, value
), folded AS (
    INSERT INTO coliseum_hours AS h (tenant_id, generation, metric, kind, hour, entity, artist, event, city, value)
    SELECT $1, $2, metric, kind, hour, entity, artist, event, city, sum(value)
    FROM taken
    GROUP BY metric, kind, hour, entity, artist, event, city
    ORDER BY metric, kind, hour, entity, artist, event, city
    ON CONFLICT (tenant_id, generation, metric, kind, hour, entity, artist, event, city)
    DO UPDATE SET value = h.value + excluded.value
)
SELECT count(*) FROM taken
