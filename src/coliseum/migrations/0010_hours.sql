-- Steps add to the hours that entries belong to, one row for each key; only when an hour is over does it go into the
-- rollups of four grains. So a key that is busy all hour long is written to four grains once. Nothing is left for what
-- stood between, increments that were folded into the rollups many times an hour.

CREATE TABLE coliseum_hours (
    tenant_id int NOT NULL,
    generation smallint NOT NULL,
    metric int NOT NULL,
    kind smallint NOT NULL,
    hour timestamptz NOT NULL,
    entity int NOT NULL,
    artist int NOT NULL,
    event int NOT NULL,
    city int NOT NULL,
    value bigint NOT NULL,
    CONSTRAINT coliseum_hours_exact CHECK (value BETWEEN -9007199254740992 AND 9007199254740992),
    PRIMARY KEY (tenant_id, generation, metric, kind, hour, entity, artist, event, city)
) WITH (fillfactor = 70);
CREATE INDEX coliseum_hours_hour ON coliseum_hours (tenant_id, generation, hour);
SELECT coliseum_protect('coliseum_hours');
GRANT SELECT, INSERT, UPDATE, DELETE ON coliseum_hours TO coliseum_processor;
GRANT SELECT ON coliseum_hours TO coliseum_app;

CREATE OR REPLACE FUNCTION coliseum_facts(
    tenant int, stored_metric text, of_kind int, of_grain int, since timestamptz, until timestamptz
) RETURNS TABLE (bucket timestamptz, entity bigint, artist int, event int, city int, value bigint)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT r.bucket, r.entity::bigint, r.artist, r.event, r.city, r.value
    FROM coliseum_rollups r
    WHERE r.tenant_id = tenant AND r.generation = coliseum_generation(tenant)
      AND r.metric = coliseum_metric(tenant, stored_metric) AND r.kind = of_kind AND r.grain = of_grain
      AND r.bucket >= coalesce(since, '-infinity') AND r.bucket < coalesce(until, 'infinity')
    UNION ALL
    SELECT i.hour, i.entity::bigint, i.artist, i.event, i.city, i.value
    FROM coliseum_hours i
    WHERE i.tenant_id = tenant AND i.generation = coliseum_generation(tenant)
      AND i.metric = coliseum_metric(tenant, stored_metric) AND i.kind = of_kind
      AND i.hour >= coalesce(since, '-infinity') AND i.hour < coalesce(until, 'infinity')
    UNION ALL
    SELECT f.hour, f.fan, f.artist, f.event, f.city, f.value
    FROM coliseum_fan_hours f
    WHERE of_kind = 3 AND f.tenant_id = tenant AND f.generation = coliseum_generation(tenant)
      AND f.metric = coliseum_metric(tenant, stored_metric)
      AND f.hour >= coalesce(since, '-infinity') AND f.hour < coalesce(until, 'infinity');
END;

CREATE OR REPLACE FUNCTION coliseum_entity_facts(
    tenant int, stored_metric text, of_kind int, of_entity bigint, of_grain int, since timestamptz, until timestamptz
) RETURNS TABLE (bucket timestamptz, value bigint)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT r.bucket, r.value
    FROM coliseum_rollups r
    WHERE r.tenant_id = tenant AND r.generation = coliseum_generation(tenant) AND r.kind = of_kind
      AND r.entity = of_entity AND r.metric = coliseum_metric(tenant, stored_metric) AND r.grain = of_grain
      AND r.bucket >= since AND r.bucket < until
    UNION ALL
    SELECT i.hour, i.value
    FROM coliseum_hours i
    WHERE i.tenant_id = tenant AND i.generation = coliseum_generation(tenant)
      AND i.metric = coliseum_metric(tenant, stored_metric) AND i.kind = of_kind AND i.entity = of_entity
      AND i.hour >= since AND i.hour < until
    UNION ALL
    SELECT f.hour, f.value
    FROM coliseum_fan_hours f
    WHERE of_kind = 3 AND f.tenant_id = tenant AND f.generation = coliseum_generation(tenant) AND f.fan = of_entity
      AND f.metric = coliseum_metric(tenant, stored_metric) AND f.hour >= since AND f.hour < until;
END;

INSERT INTO coliseum_hours (tenant_id, generation, metric, kind, hour, entity, artist, event, city, value)
SELECT tenant_id, generation, metric, kind, hour, entity, artist, event, city, sum(value)
FROM coliseum_increments
GROUP BY tenant_id, generation, metric, kind, hour, entity, artist, event, city;
DROP TABLE coliseum_increments;

-- A range is counted by one statement of the projection (count_range.sql).
DROP FUNCTION coliseum_counts(int, smallint, bigint, bigint, bigint[], text, boolean);
