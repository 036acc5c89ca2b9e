-- Seasons: what stood on the boards of a window when it closed. Not derived: no rebuild touches them, and nobody has
-- the right to change or delete one.

-- A window of the tenant that has closed, with or without members: written once, with all of its seasons.
-- grain: 1 day, 2 week, 3 month. position: the next offset of each partition, from partition 0; everything before it was
-- counted, apart from the entries that were dead letters then. boards: which ones were looked at, as "votes:artist".
CREATE TABLE coliseum_closings (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    grain smallint NOT NULL CHECK (grain BETWEEN 1 AND 3),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL CHECK (ends_at > starts_at),
    closed_at timestamptz NOT NULL CHECK (closed_at > ends_at),
    position bigint[] NOT NULL CHECK (cardinality(position) > 0),
    parked_partitions smallint[] NOT NULL,
    parked_offsets bigint[] NOT NULL CHECK (cardinality(parked_offsets) = cardinality(parked_partitions)),
    boards text[] NOT NULL,
    PRIMARY KEY (tenant_id, grain, starts_at)
);
CREATE INDEX coliseum_closings_end ON coliseum_closings (tenant_id, ends_at);

-- One for each board that had members. metric: as asked for, with the currency when it is money: votes, voters,
-- money_spent:eur. kind: as in coliseum_rollups. kept: how many of the members, the first ones, have a row below.
CREATE TABLE coliseum_seasons (
    tenant_id int NOT NULL,
    metric text NOT NULL,
    kind smallint NOT NULL,
    grain smallint NOT NULL,
    starts_at timestamptz NOT NULL,
    members bigint NOT NULL,
    kept int NOT NULL CHECK (kept BETWEEN 1 AND members),
    PRIMARY KEY (tenant_id, metric, kind, grain, starts_at),
    FOREIGN KEY (tenant_id, grain, starts_at) REFERENCES coliseum_closings
);

-- place: 1, 2, 3 in the order of display; rank: those of equal score share one. entity: a number of coliseum_names.
CREATE TABLE coliseum_leaderboards (
    tenant_id int NOT NULL,
    metric text NOT NULL,
    kind smallint NOT NULL,
    grain smallint NOT NULL,
    starts_at timestamptz NOT NULL,
    place int NOT NULL CHECK (place > 0),
    rank int NOT NULL CHECK (rank BETWEEN 1 AND place),
    entity bigint NOT NULL,
    score bigint NOT NULL CHECK (score <> 0),
    PRIMARY KEY (tenant_id, metric, kind, grain, starts_at, place),
    FOREIGN KEY (tenant_id, metric, kind, grain, starts_at) REFERENCES coliseum_seasons
);
-- An entity's run through the seasons of one board, without a look at the table.
CREATE UNIQUE INDEX coliseum_leaderboards_entity
    ON coliseum_leaderboards (tenant_id, metric, kind, grain, entity, starts_at) INCLUDE (rank, score);

SELECT coliseum_protect(name::regclass) FROM unnest(ARRAY[
    'coliseum_closings', 'coliseum_seasons', 'coliseum_leaderboards']) AS name;
GRANT SELECT, INSERT ON coliseum_closings, coliseum_seasons, coliseum_leaderboards TO coliseum_processor;
GRANT SELECT ON coliseum_closings, coliseum_seasons, coliseum_leaderboards TO coliseum_app;

-- When the tenant's first entry was received; NULL while its log is empty. Windows that ended before have no seasons.
CREATE FUNCTION coliseum_first_received(tenant int) RETURNS timestamptz
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT min(e.created_at)
    FROM passport_heads h
    JOIN passport_entries e ON e.tenant_id = h.tenant_id AND e.partition = h.partition AND e."offset" = 0
    WHERE h.tenant_id = tenant;
END;
