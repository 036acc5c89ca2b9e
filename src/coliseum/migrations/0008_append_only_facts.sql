-- Rollups are written in two ways. What one fan did stays as it was added, hour by hour: nearly every row of it is new,
-- so that looking each up first costs ten times what adding it does. Everything else is added the same way, as
-- increments, and folded into the rollups of four grains later, many at a time, beside the steps.

DROP FUNCTION coliseum_board_totals(int, text, int, int, timestamptz, boolean, text, text, text);
DROP FUNCTION coliseum_board_uniques(int, text, int, int, timestamptz, text, text, text);
DROP FUNCTION coliseum_board_pairs(int, text, int, int, timestamptz, text, text, text);
DROP TABLE coliseum_rollups;

-- grain: 0 hour, 1 day, 2 week, 3 month; bucket is where it begins, in the tenant's time zone.
-- kind: see coliseum.metrics.registry; never a fan. entity: a number of coliseum_names.
-- artist, event and city are the context in which it was counted (0: none): what filters look at.
-- No foreign keys: a check for each row would cost as much as the row, and all of it is made from the log.
CREATE TABLE coliseum_rollups (
    tenant_id int NOT NULL,
    generation smallint NOT NULL,
    metric int NOT NULL,
    kind smallint NOT NULL,
    grain smallint NOT NULL CHECK (grain BETWEEN 0 AND 3),
    bucket timestamptz NOT NULL,
    entity int NOT NULL,
    artist int NOT NULL,
    event int NOT NULL,
    city int NOT NULL,
    value bigint NOT NULL,
    CONSTRAINT coliseum_rollups_exact CHECK (value BETWEEN -9007199254740992 AND 9007199254740992),
    PRIMARY KEY (tenant_id, generation, metric, kind, grain, bucket, entity, artist, event, city)
) WITH (fillfactor = 70);
CREATE INDEX coliseum_rollups_entity ON coliseum_rollups (tenant_id, generation, kind, entity, metric, grain, bucket);

-- What steps have added and nobody has folded yet; an hour's sum is that of its rollup and of all rows here.
CREATE TABLE coliseum_increments (
    tenant_id int NOT NULL,
    generation smallint NOT NULL,
    metric int NOT NULL,
    kind smallint NOT NULL,
    hour timestamptz NOT NULL,
    entity int NOT NULL,
    artist int NOT NULL,
    event int NOT NULL,
    city int NOT NULL,
    value bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX coliseum_increments_metric ON coliseum_increments (tenant_id, generation, metric, kind, hour);

-- What fans did, by the hour: any number of rows for one fan, hour and context, whose sum counts.
CREATE TABLE coliseum_fan_hours (
    tenant_id int NOT NULL,
    generation smallint NOT NULL,
    metric int NOT NULL,
    hour timestamptz NOT NULL,
    fan bigint NOT NULL,
    artist int NOT NULL,
    event int NOT NULL,
    track int NOT NULL,
    city int NOT NULL,
    value bigint NOT NULL
);
CREATE INDEX coliseum_fan_hours_metric ON coliseum_fan_hours (tenant_id, generation, metric, hour);
CREATE INDEX coliseum_fan_hours_fan ON coliseum_fan_hours (tenant_id, generation, fan);

ALTER TABLE coliseum_gross DROP CONSTRAINT coliseum_gross_tenant_id_fkey;
ALTER TABLE treasury_transfers DROP CONSTRAINT treasury_transfers_tenant_id_fkey;
ALTER TABLE treasury_balances DROP CONSTRAINT treasury_balances_tenant_id_fkey;

-- Affinities are added as they come, too: a person's profile sums them.
TRUNCATE mediaid_affinities;
ALTER TABLE mediaid_affinities DROP CONSTRAINT mediaid_affinities_pkey;
ALTER TABLE mediaid_affinities DROP CONSTRAINT mediaid_affinities_tenant_id_fkey;
CREATE INDEX mediaid_affinities_subject ON mediaid_affinities (tenant_id, generation, subject_id);

SELECT coliseum_protect(name::regclass) FROM unnest(ARRAY[
    'coliseum_rollups', 'coliseum_increments', 'coliseum_fan_hours']) AS name;
GRANT SELECT, INSERT, UPDATE, DELETE ON coliseum_rollups, coliseum_increments TO coliseum_processor;
GRANT SELECT, INSERT, DELETE ON coliseum_fan_hours TO coliseum_processor;
GRANT SELECT ON coliseum_rollups, coliseum_increments, coliseum_fan_hours TO coliseum_app;

-- What a range of the log adds up to, in numbers: every kind of entity in its contexts by the hour, fans one by one
-- (kind 3; only they carry a track). gross: the sum of all amounts, those taken back counted as positive.
-- Steps add it to the tables, and live boards are kept by it. Names must have been learnt before.
CREATE FUNCTION coliseum_counts(
    tenant int, of_partition smallint, since bigint, until bigint, leave_out bigint[], zone text, with_fans boolean
) RETURNS TABLE (metric int, stored_metric text, kind int, hour timestamptz, entity bigint, artist int, event int,
                 track int, city int, value bigint, gross numeric)
    LANGUAGE sql STABLE
BEGIN ATOMIC
WITH kinds (name, num) AS (
    VALUES ('tenant', 0), ('artist', 1), ('event', 2), ('fan', 3), ('user', 3), ('track', 4), ('city', 5), ('venue', 6),
           ('leaderboard', 7), ('report', 8)
), entries AS MATERIALIZED (
    SELECT e.event_type, coalesce(e.currency, '') AS currency, date_trunc('hour', e.occurred_at, zone) AS hour,
           e.subject_id AS fan, k.num AS target_kind,
           CASE WHEN e.entity_type = 'user' THEN e.entity_id::bigint ELSE ne.num END AS target,
           coalesce(na.num, 0)::int AS artist, coalesce(nv.num, 0)::int AS event, coalesce(nt.num, 0)::int AS track,
           coalesce(nc.num, 0)::int AS city,
           e.value, e.value * coalesce((e.metadata ->> 'durationSeconds')::bigint, 0) AS seconds
    FROM passport_entries e
    LEFT JOIN kinds k ON k.name = e.entity_type
    LEFT JOIN coliseum_names ne ON ne.tenant_id = tenant AND ne.kind = e.entity_type AND ne.id = e.entity_id
    LEFT JOIN coliseum_names na ON na.tenant_id = tenant AND na.kind = 'artist' AND na.id = e.artist_id
    LEFT JOIN coliseum_names nv ON nv.tenant_id = tenant AND nv.kind = 'event' AND nv.id = e.event_id
    LEFT JOIN coliseum_names nt ON nt.tenant_id = tenant AND nt.kind = 'track' AND nt.id = e.track_id
    LEFT JOIN coliseum_names nc ON nc.tenant_id = tenant AND nc.kind = 'city' AND nc.id = e.city
    WHERE e.tenant_id = tenant AND e.partition = of_partition AND e."offset" >= since AND e."offset" < until
      AND e."offset" <> ALL (leave_out) AND e.value <> 0
), counted AS MATERIALIZED ( -- kind: NULL for whatever the entry is aimed at
    SELECT r.event_type, types.currency, m.num::int AS metric, m.id AS stored_metric, k.num AS kind,
           r.measure = 'seconds' AS in_seconds
    FROM (SELECT DISTINCT x.event_type, x.currency FROM entries x) AS types
    JOIN coliseum_rules r ON r.event_type = types.event_type
    JOIN coliseum_names m ON m.tenant_id = tenant AND m.kind = 'metric'
        AND m.id = CASE WHEN r.money THEN r.metric || ':' || types.currency ELSE r.metric END
    LEFT JOIN kinds k ON k.name = r.kind
), contexts AS MATERIALIZED (
    SELECT x.event_type, x.currency, x.hour, x.target_kind, x.target, x.artist, x.event, x.track, x.city,
           sum(x.value)::bigint AS value, sum(x.seconds)::bigint AS seconds,
           sum(abs(x.value)) AS gross, sum(abs(x.seconds)) AS gross_seconds
    FROM entries x
    GROUP BY x.event_type, x.currency, x.hour, x.target_kind, x.target, x.artist, x.event, x.track, x.city
), each AS (
    SELECT k.metric, k.stored_metric, coalesce(k.kind, c.target_kind) AS kind, c.hour,
           CASE k.kind WHEN 0 THEN 0 WHEN 1 THEN nullif(c.artist, 0) WHEN 2 THEN nullif(c.event, 0)
                       WHEN 4 THEN nullif(c.track, 0) WHEN 5 THEN nullif(c.city, 0) ELSE c.target END AS entity,
           CASE WHEN k.kind = 0 THEN 0 ELSE c.artist END AS artist,
           CASE WHEN k.kind = 0 THEN 0 ELSE c.event END AS event,
           0 AS track,
           CASE WHEN k.kind = 0 THEN 0 ELSE c.city END AS city,
           CASE WHEN k.in_seconds THEN c.seconds ELSE c.value END AS value,
           CASE WHEN k.in_seconds THEN c.gross_seconds ELSE c.gross END AS gross
    FROM contexts c
    JOIN counted k ON k.event_type = c.event_type AND k.currency = c.currency
    WHERE k.kind IS DISTINCT FROM 3
    UNION ALL
    SELECT k.metric, k.stored_metric, 3, x.hour, x.fan, x.artist, x.event, x.track, x.city,
           CASE WHEN k.in_seconds THEN x.seconds ELSE x.value END, 0
    FROM entries x
    JOIN counted k ON k.event_type = x.event_type AND k.currency = x.currency
    WHERE with_fans AND k.kind = 3
)
SELECT t.metric, t.stored_metric, t.kind, t.hour, t.entity, t.artist, t.event, t.track, t.city,
       sum(t.value)::bigint, sum(t.gross)
FROM each t
WHERE t.entity IS NOT NULL
GROUP BY t.metric, t.stored_metric, t.kind, t.hour, t.entity, t.artist, t.event, t.track, t.city
HAVING sum(t.value) <> 0 OR sum(t.gross) <> 0;
END;

-- The number of a metric's stored name; NULL when nothing was ever counted.
CREATE FUNCTION coliseum_metric(tenant int, stored_metric text) RETURNS int
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT num::int FROM coliseum_names WHERE tenant_id = tenant AND kind = 'metric' AND id = stored_metric;
END;

-- What was counted of a metric for a kind of entity from `since` up to, not including, `until` (NULL: without bound),
-- both of which are beginnings of buckets of the grain. Of the generation that is served now.
CREATE FUNCTION coliseum_facts(
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
    FROM coliseum_increments i
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

-- As coliseum_facts, for one entity: what its series are made of.
CREATE FUNCTION coliseum_entity_facts(
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
    FROM coliseum_increments i
    WHERE i.tenant_id = tenant AND i.generation = coliseum_generation(tenant)
      AND i.metric = coliseum_metric(tenant, stored_metric) AND i.kind = of_kind AND i.entity = of_entity
      AND i.hour >= since AND i.hour < until
    UNION ALL
    SELECT f.hour, f.value
    FROM coliseum_fan_hours f
    WHERE of_kind = 3 AND f.tenant_id = tenant AND f.generation = coliseum_generation(tenant) AND f.fan = of_entity
      AND f.metric = coliseum_metric(tenant, stored_metric) AND f.hour >= since AND f.hour < until;
END;

-- What boards are made of, from today's catalogue; see 0006_boards.sql for what the parameters mean. A window reaches
-- from `since` up to, not including, `until`.
CREATE FUNCTION coliseum_board_totals(
    tenant int, stored_metric text, of_kind int, of_grain int, since timestamptz, until timestamptz, with_bill boolean,
    in_city text, of_genre text, at_event text
) RETURNS TABLE (entity bigint, value bigint)
    LANGUAGE sql STABLE SET enable_nestloop = off
BEGIN ATOMIC
WITH facts AS (
    SELECT r.entity, r.artist, r.event, r.city, r.value
    FROM coliseum_facts(tenant, stored_metric, of_kind, of_grain, since, until) AS r
    UNION ALL
    SELECT b.artist, b.artist, r.event, r.city, r.value
    FROM coliseum_facts(tenant, stored_metric, 2, of_grain, since, until) AS r
    JOIN coliseum_bills b ON b.tenant_id = tenant AND b.event = r.event
    WHERE with_bill
)
SELECT f.entity, sum(f.value)::bigint AS value
FROM facts f
LEFT JOIN coliseum_artist_places ap ON ap.tenant_id = tenant AND ap.artist = f.artist
LEFT JOIN coliseum_event_places ep ON ep.tenant_id = tenant AND ep.event = f.event
LEFT JOIN coliseum_names nc ON nc.tenant_id = tenant AND nc.num = f.city
LEFT JOIN coliseum_names nv ON nv.tenant_id = tenant AND nv.num = f.event
WHERE (in_city IS NULL OR coalesce(nc.id, ep.city, ap.city) = in_city)
  AND (of_genre IS NULL OR of_genre = ANY (coalesce(ap.genres, ep.genres)))
  AND (at_event IS NULL OR nv.id = at_event)
GROUP BY f.entity
HAVING sum(f.value) <> 0;
END;

-- The pairs of member and fan behind a board of unique fans, with what the fan adds up to.
CREATE FUNCTION coliseum_board_pairs(
    tenant int, stored_metric text, of_kind int, since timestamptz, until timestamptz,
    in_city text, of_genre text, at_event text
) RETURNS TABLE (entity bigint, fan bigint, value bigint)
    LANGUAGE sql STABLE SET enable_nestloop = off
BEGIN ATOMIC
SELECT CASE of_kind WHEN 1 THEN f.artist WHEN 2 THEN f.event WHEN 4 THEN f.track END::bigint AS entity,
       f.fan, sum(f.value)::bigint AS value
FROM coliseum_fan_hours f
LEFT JOIN coliseum_artist_places ap ON ap.tenant_id = tenant AND ap.artist = f.artist
LEFT JOIN coliseum_event_places ep ON ep.tenant_id = tenant AND ep.event = f.event
LEFT JOIN coliseum_names nc ON nc.tenant_id = tenant AND nc.num = f.city
LEFT JOIN coliseum_names nv ON nv.tenant_id = tenant AND nv.num = f.event
WHERE f.tenant_id = tenant AND f.generation = coliseum_generation(tenant)
  AND f.metric = coliseum_metric(tenant, stored_metric)
  AND f.hour >= coalesce(since, '-infinity') AND f.hour < coalesce(until, 'infinity')
  AND (in_city IS NULL OR coalesce(nc.id, ep.city, ap.city) = in_city)
  AND (of_genre IS NULL OR of_genre = ANY (coalesce(ap.genres, ep.genres)))
  AND (at_event IS NULL OR nv.id = at_event)
  AND CASE of_kind WHEN 1 THEN f.artist WHEN 2 THEN f.event WHEN 4 THEN f.track END <> 0
GROUP BY 1, 2
HAVING sum(f.value) <> 0;
END;

CREATE FUNCTION coliseum_board_uniques(
    tenant int, stored_metric text, of_kind int, since timestamptz, until timestamptz,
    in_city text, of_genre text, at_event text
) RETURNS TABLE (entity bigint, value bigint)
    LANGUAGE sql STABLE SET enable_nestloop = off
BEGIN ATOMIC
SELECT p.entity, count(*)::bigint
FROM coliseum_board_pairs(tenant, stored_metric, of_kind, since, until, in_city, of_genre, at_event) AS p
WHERE p.value > 0
GROUP BY p.entity;
END;

-- What was thrown away is made again from the log, by the ordinary steps.
DELETE FROM coliseum_gross;
DELETE FROM processor_cursors c USING processor_units u
WHERE u.tenant_id = c.tenant_id AND u.consumer = c.consumer AND c.consumer IN ('coliseum', 'mediaid')
  AND c.generation <> u.generation;
UPDATE processor_cursors SET "offset" = 0 WHERE consumer IN ('coliseum', 'mediaid');
UPDATE processor_units SET edition = edition + 1 WHERE consumer = 'coliseum';
