-- Votings: at an event, fans may vote from the page behind a QR code. A vote itself is an event of the log.

-- artist_ids: on whom is voted, in this order; null for the event's bill. per_address: votes a minute that are taken from
-- one address. results: whether anybody may see how the voting stands.
CREATE TABLE stadium_votings (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    name text NOT NULL CHECK (name ~ '^[a-z0-9-]{1,64}$'),
    event_id text NOT NULL CHECK (length(event_id) BETWEEN 1 AND 128),
    title text NOT NULL CHECK (length(title) <= 200),
    artist_ids text[] CHECK (cardinality(artist_ids) BETWEEN 1 AND 50),
    opens_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    results text NOT NULL CHECK (results IN ('public', 'private')),
    per_address int NOT NULL CHECK (per_address BETWEEN 1 AND 100000),
    changed_by text NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, name),
    -- A device's vote at an event counts once, so an event has one voting.
    UNIQUE (tenant_id, event_id),
    -- Ids are remembered for 35 days or longer; a device's vote must be remembered for as long as it could be repeated.
    CHECK (closes_at >= opens_at AND closes_at <= opens_at + interval '7 days')
);
SELECT coliseum_protect('stadium_votings');
GRANT SELECT, INSERT, UPDATE, DELETE ON stadium_votings TO coliseum_accounts;
GRANT SELECT ON stadium_votings TO coliseum_app;
