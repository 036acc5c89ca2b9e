-- Who works on what, how far it has come, and what it could not digest.

CREATE TABLE processor_nodes (
    node_id text PRIMARY KEY,
    seen_at timestamptz NOT NULL
);
ALTER TABLE processor_nodes ENABLE ROW LEVEL SECURITY;
ALTER TABLE processor_nodes FORCE ROW LEVEL SECURITY;

-- generation: which edition of a consumer's tables is being read; a rebuild fills the next one and then switches.
-- edition rises whenever numbers change behind the cursors (a rebuild, a dead letter digested late): what was made of
-- them elsewhere is then remade. It begins at random, so that what another database left there is never taken for ours.
-- epoch rises whenever a unit of work changes hands: it is the fencing token of every step. It never falls behind the
-- clock's milliseconds, so that a database restored from a backup is not fenced off by its own later life.
CREATE TABLE processor_units (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    consumer text NOT NULL,
    generation smallint NOT NULL DEFAULT 0,
    edition bigint NOT NULL DEFAULT (random() * 2 ^ 40)::bigint,
    holder text,
    epoch bigint NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL DEFAULT '-infinity',
    PRIMARY KEY (tenant_id, consumer)
);

CREATE TABLE processor_cursors (
    tenant_id int NOT NULL,
    consumer text NOT NULL,
    generation smallint NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL DEFAULT 0 CHECK ("offset" >= 0),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, consumer, generation, partition),
    FOREIGN KEY (tenant_id, consumer) REFERENCES processor_units
);

-- An entry that a consumer could not digest stands here, and the consumer's numbers are without it, until a retry.
CREATE TABLE processor_dead_letters (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    consumer text NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    id text NOT NULL,
    event_type text NOT NULL,
    error text NOT NULL,
    attempts int NOT NULL CHECK (attempts > 0),
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, consumer, partition, "offset")
);

SELECT coliseum_protect(name::regclass) FROM unnest(ARRAY[
    'processor_units', 'processor_cursors', 'processor_dead_letters']) AS name;

GRANT SELECT, INSERT, UPDATE, DELETE ON processor_nodes, processor_units, processor_cursors, processor_dead_letters
    TO coliseum_processor;
GRANT SELECT ON processor_units, processor_cursors, processor_dead_letters TO coliseum_app;

-- Whether a consumer has seen an entry follows from its cursor; nothing is written to the log.
CREATE VIEW passport_processed WITH (security_invoker = true) AS
SELECT e.tenant_id, e.partition, e."offset", e.id,
       coalesce(bool_or(c."offset" > e."offset") FILTER (WHERE c.consumer = 'coliseum'), false) AS processed_by_coliseum,
       coalesce(bool_or(c."offset" > e."offset") FILTER (WHERE c.consumer = 'treasury'), false) AS processed_by_treasury,
       coalesce(bool_or(c."offset" > e."offset") FILTER (WHERE c.consumer = 'mediaid'), false) AS processed_by_mediaid
FROM passport_entries e
LEFT JOIN processor_units u ON u.tenant_id = e.tenant_id
LEFT JOIN processor_cursors c ON c.tenant_id = e.tenant_id AND c.consumer = u.consumer
    AND c.generation = u.generation AND c.partition = e.partition
GROUP BY e.tenant_id, e.partition, e."offset", e.id;
GRANT SELECT ON passport_processed TO coliseum_app;
