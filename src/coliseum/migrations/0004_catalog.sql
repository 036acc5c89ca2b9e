-- What is known of artists, events, venues and tracks. Each row is the newest catalogue entry of the log about it:
-- (changed_at, partition, offset) says which, and decides between two, so that the order of reading never matters.

CREATE TABLE catalog_artists (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    id text NOT NULL,
    name text NOT NULL,
    genres text[] NOT NULL,
    city text,
    country text,
    picture text,
    changed_at timestamptz NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE catalog_events (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    id text NOT NULL,
    name text NOT NULL,
    venue_id text,
    city text,
    starts_at timestamptz,
    capacity bigint,
    artist_ids text[] NOT NULL,
    picture text,
    changed_at timestamptz NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE catalog_venues (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    id text NOT NULL,
    name text NOT NULL,
    city text,
    country text,
    capacity bigint,
    picture text,
    changed_at timestamptz NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

CREATE TABLE catalog_tracks (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    id text NOT NULL,
    name text NOT NULL,
    artist_id text NOT NULL,
    duration_seconds bigint,
    picture text,
    changed_at timestamptz NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

SELECT coliseum_protect(name::regclass) FROM unnest(ARRAY[
    'catalog_artists', 'catalog_events', 'catalog_venues', 'catalog_tracks']) AS name;
GRANT SELECT, INSERT, UPDATE, DELETE ON catalog_artists, catalog_events, catalog_venues, catalog_tracks
    TO coliseum_processor;
GRANT SELECT ON catalog_artists, catalog_events, catalog_venues, catalog_tracks TO coliseum_app, coliseum_capture;
