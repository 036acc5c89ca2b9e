-- What a tenant has used: a projection of its log, as every other number.

-- Entries by the UTC day on which they were received, what they are about, and which way they came in. The offsets are
-- those of the first and the last of them, so that they can be read without walking through the month.
CREATE TABLE usage_days (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    generation smallint NOT NULL,
    day date NOT NULL,
    partition smallint NOT NULL,
    category text NOT NULL,
    source text NOT NULL,
    entries bigint NOT NULL CHECK (entries > 0),
    first_offset bigint NOT NULL CHECK (first_offset >= 0),
    last_offset bigint NOT NULL CHECK (last_offset - first_offset >= entries - 1),
    PRIMARY KEY (tenant_id, generation, day, partition, category, source)
);
SELECT coliseum_protect('usage_days');
GRANT SELECT, INSERT, UPDATE, DELETE ON usage_days TO coliseum_processor;
GRANT SELECT ON usage_days TO coliseum_app, coliseum_capture;
-- Capture asks how much of a month is used up: what is counted, and what was appended since.
GRANT SELECT ON processor_units, processor_cursors TO coliseum_capture;

-- Tenants that are there get the consumer as new ones do; it begins at offset 0, and so counts all of their log. Their
-- owner is under the forced policies too, which would hide every one of them.
ALTER TABLE accounts_tenants NO FORCE ROW LEVEL SECURITY;
ALTER TABLE processor_units NO FORCE ROW LEVEL SECURITY;
ALTER TABLE processor_cursors NO FORCE ROW LEVEL SECURITY;
WITH units AS (
    INSERT INTO processor_units (tenant_id, consumer)
    SELECT tenant_id, 'usage' FROM accounts_tenants
    ON CONFLICT DO NOTHING
    RETURNING tenant_id, consumer, generation
)
INSERT INTO processor_cursors (tenant_id, consumer, generation, partition)
SELECT u.tenant_id, u.consumer, u.generation, n
FROM units u JOIN accounts_tenants t USING (tenant_id) CROSS JOIN generate_series(0, t.partitions - 1) AS n;
ALTER TABLE accounts_tenants FORCE ROW LEVEL SECURITY;
ALTER TABLE processor_units FORCE ROW LEVEL SECURITY;
ALTER TABLE processor_cursors FORCE ROW LEVEL SECURITY;

-- Seats are counted, and nothing else of members and invitations is seen for it.
GRANT SELECT (tenant_id) ON accounts_members TO coliseum_app;
GRANT SELECT (tenant_id, accepted_at, revoked_at, expires_at) ON accounts_invitations TO coliseum_app;
