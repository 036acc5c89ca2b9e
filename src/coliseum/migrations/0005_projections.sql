-- What the log adds up to. Every table here can be thrown away and remade from the log.

-- Where the bucket that holds an instant begins, in a zone. As date_trunc, but for a midnight that comes twice (clocks
-- set back to it) a day, week or month begins at the first: date_trunc takes the second, behind instants of that day.
CREATE FUNCTION coliseum_bucket(grain text, instant timestamptz, zone text) RETURNS timestamptz
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE
        WHEN grain <> 'hour' AND (date_trunc(grain, instant, zone) - interval '1 hour') AT TIME ZONE zone
                               = date_trunc(grain, instant, zone) AT TIME ZONE zone
        THEN date_trunc(grain, instant, zone) - interval '1 hour'
        ELSE date_trunc(grain, instant, zone)
    END;

-- Which event types count for which metric and kind of entity: the registry of coliseum.metrics, as rows.
CREATE TABLE coliseum_rules (
    event_type text NOT NULL,
    metric text NOT NULL,
    kind text NOT NULL,
    measure text NOT NULL CHECK (measure IN ('value', 'seconds')),
    money boolean NOT NULL,
    PRIMARY KEY (event_type, metric, kind)
);
GRANT SELECT ON coliseum_rules TO coliseum_app, coliseum_processor;

-- One row per counted metric and entity, over the log. entity_id of a fan is the number of the subject.
CREATE VIEW coliseum_metrics WITH (security_invoker = true) AS
SELECT m.*
FROM (
    SELECT e.tenant_id, e.partition, e."offset", e.id, e.event_type, e.occurred_at, e.created_at,
           CASE WHEN r.money THEN r.metric || ':' || e.currency ELSE r.metric END AS metric,
           CASE WHEN r.kind <> 'target' THEN r.kind WHEN e.entity_type = 'user' THEN 'fan' ELSE e.entity_type END AS kind,
           CASE r.kind
               WHEN 'tenant' THEN ''
               WHEN 'artist' THEN e.artist_id
               WHEN 'event' THEN e.event_id
               WHEN 'fan' THEN e.subject_id::text
               WHEN 'track' THEN e.track_id
               WHEN 'city' THEN e.city
               WHEN 'target' THEN e.entity_id
           END AS entity_id,
           CASE WHEN r.kind = 'tenant' THEN '' ELSE coalesce(e.artist_id, '') END AS artist_id,
           CASE WHEN r.kind = 'tenant' THEN '' ELSE coalesce(e.event_id, '') END AS event_id,
           CASE WHEN r.kind = 'fan' THEN coalesce(e.track_id, '') ELSE '' END AS track_id,
           CASE WHEN r.kind = 'tenant' THEN '' ELSE coalesce(e.city, '') END AS city,
           CASE r.measure
               WHEN 'value' THEN e.value
               WHEN 'seconds' THEN e.value * coalesce((e.metadata ->> 'durationSeconds')::bigint, 0)
           END AS value
    FROM passport_entries e
    JOIN coliseum_rules r USING (event_type)
) m
WHERE m.entity_id IS NOT NULL AND m.value <> 0;
GRANT SELECT ON coliseum_metrics TO coliseum_app, coliseum_processor;

-- Numbers in place of names, for the keys of derived tables. num 0 is the empty name.
CREATE TABLE coliseum_names (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    num bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL,
    id text NOT NULL,
    PRIMARY KEY (tenant_id, num),
    UNIQUE (tenant_id, kind, id)
);

-- grain: 0 hour, 1 day, 2 week, 3 month; bucket is where it begins, in the tenant's time zone.
-- kind: see coliseum.metrics.registry. entity: the subject's number of a fan, a number of coliseum_names otherwise.
-- artist, event, track and city are the context in which it was counted (0: none): what filters look at, and what
-- unique fans are counted by (so only a fan's rows carry a track).
CREATE TABLE coliseum_rollups (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    generation smallint NOT NULL,
    metric bigint NOT NULL,
    kind smallint NOT NULL,
    grain smallint NOT NULL CHECK (grain BETWEEN 0 AND 3),
    bucket timestamptz NOT NULL,
    entity bigint NOT NULL,
    artist bigint NOT NULL,
    event bigint NOT NULL,
    track bigint NOT NULL,
    city bigint NOT NULL,
    value bigint NOT NULL,
    CONSTRAINT coliseum_rollups_exact CHECK (value BETWEEN -9007199254740992 AND 9007199254740992),
    PRIMARY KEY (tenant_id, generation, metric, kind, grain, bucket, entity, artist, event, track, city)
) WITH (fillfactor = 70);
CREATE INDEX coliseum_rollups_entity ON coliseum_rollups (tenant_id, generation, kind, entity, metric, grain, bucket);

-- The sum of all amounts of a metric, refunds and the like counted as positive. No sum of any part of them can be
-- larger, so while this fits into 2^53 every score of every board does; an entry that would not fit is put aside.
CREATE TABLE coliseum_gross (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    generation smallint NOT NULL,
    metric text NOT NULL,
    gross bigint NOT NULL,
    CONSTRAINT coliseum_gross_exact CHECK (gross BETWEEN 0 AND 9007199254740992),
    PRIMARY KEY (tenant_id, generation, metric)
);

-- Where an artist or an event belongs, and who stands on a bill: today's catalogue, in numbers. Filters join these,
-- so a correction of the catalogue corrects every number that is read after it.
CREATE VIEW coliseum_artist_places WITH (security_invoker = true) AS
SELECT a.tenant_id, n.num AS artist, a.city, a.genres
FROM catalog_artists a
JOIN coliseum_names n ON n.tenant_id = a.tenant_id AND n.kind = 'artist' AND n.id = a.id;

CREATE VIEW coliseum_bills WITH (security_invoker = true) AS
SELECT DISTINCT e.tenant_id, ne.num AS event, na.num AS artist
FROM catalog_events e
CROSS JOIN LATERAL unnest(e.artist_ids) AS billed (id)
JOIN coliseum_names ne ON ne.tenant_id = e.tenant_id AND ne.kind = 'event' AND ne.id = e.id
JOIN coliseum_names na ON na.tenant_id = e.tenant_id AND na.kind = 'artist' AND na.id = billed.id;

CREATE VIEW coliseum_event_places WITH (security_invoker = true) AS
SELECT e.tenant_id, n.num AS event, coalesce(e.city, v.city) AS city,
       ARRAY(SELECT DISTINCT g.genre
             FROM catalog_artists a CROSS JOIN LATERAL unnest(a.genres) AS g (genre)
             WHERE a.tenant_id = e.tenant_id AND a.id = ANY (e.artist_ids)) AS genres
FROM catalog_events e
JOIN coliseum_names n ON n.tenant_id = e.tenant_id AND n.kind = 'event' AND n.id = e.id
LEFT JOIN catalog_venues v ON v.tenant_id = e.tenant_id AND v.id = e.venue_id;
GRANT SELECT ON coliseum_artist_places, coliseum_bills, coliseum_event_places TO coliseum_app, coliseum_processor;

-- Every row is one transfer between a subject and the platform, so that all balances always sum to zero.
CREATE TABLE treasury_transfers (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    generation smallint NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    subject_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('spent', 'earned', 'refunded')),
    currency text NOT NULL,
    amount bigint NOT NULL CHECK (amount > 0),
    occurred_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, generation, partition, "offset")
);
CREATE INDEX treasury_transfers_subject
    ON treasury_transfers (tenant_id, generation, subject_id, currency, occurred_at);

-- subject_id 0 is the platform, whose account is the other side of every transfer.
CREATE TABLE treasury_balances (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    generation smallint NOT NULL,
    subject_id bigint NOT NULL,
    currency text NOT NULL,
    spent numeric(30) NOT NULL,
    earned numeric(30) NOT NULL,
    refunded numeric(30) NOT NULL,
    PRIMARY KEY (tenant_id, generation, subject_id, currency)
);

-- How much each day weighed; the profile decays and joins the catalogue when it is read.
CREATE TABLE mediaid_affinities (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    generation smallint NOT NULL,
    subject_id bigint NOT NULL,
    day timestamptz NOT NULL,
    artist text NOT NULL,
    event text NOT NULL,
    city text NOT NULL,
    weight bigint NOT NULL,
    PRIMARY KEY (tenant_id, generation, subject_id, day, artist, event, city)
);

SELECT coliseum_protect(name::regclass) FROM unnest(ARRAY[
    'coliseum_names', 'coliseum_rollups', 'coliseum_gross', 'treasury_transfers', 'treasury_balances', 'mediaid_affinities']) AS name;
GRANT SELECT, INSERT, UPDATE, DELETE ON coliseum_names, coliseum_rollups, coliseum_gross, treasury_transfers, treasury_balances,
    mediaid_affinities TO coliseum_processor;
GRANT SELECT ON coliseum_names, coliseum_rollups, coliseum_gross, treasury_transfers, treasury_balances, mediaid_affinities
    TO coliseum_app;
