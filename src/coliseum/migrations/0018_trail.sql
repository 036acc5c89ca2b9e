-- The audit trail: who did what, when, from where. Entries are added and never changed; each holds a digest over
-- itself and the one before it, under a key that is not in the database. Tenant 0 is the system's own chain.

CREATE TABLE trail_heads (
    tenant_id int PRIMARY KEY,
    number bigint NOT NULL DEFAULT 0 CHECK (number >= 0),  -- of the last entry
    hash bytea NOT NULL
);

CREATE TABLE trail_entries (
    tenant_id int NOT NULL,
    number bigint NOT NULL CHECK (number > 0),
    at timestamptz NOT NULL,
    actor text NOT NULL CHECK (length(actor) <= 200),
    action text NOT NULL CHECK (length(action) <= 100),
    target text NOT NULL CHECK (length(target) <= 300),
    outcome text NOT NULL CHECK (outcome IN ('done', 'refused')),
    address text NOT NULL CHECK (length(address) <= 100),
    detail jsonb NOT NULL,
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (tenant_id, number)
);

SELECT coliseum_protect('trail_heads');
SELECT coliseum_protect('trail_entries');

CREATE FUNCTION trail_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit trail is only ever added to' USING ERRCODE = 'insufficient_privilege';
END $$;
REVOKE ALL ON FUNCTION trail_refuse() FROM PUBLIC;
CREATE TRIGGER trail_entries_stand BEFORE UPDATE OR DELETE ON trail_entries
    FOR EACH ROW EXECUTE FUNCTION trail_refuse();
CREATE TRIGGER trail_entries_stay BEFORE TRUNCATE ON trail_entries
    FOR EACH STATEMENT EXECUTE FUNCTION trail_refuse();

GRANT SELECT, INSERT ON trail_entries TO coliseum_accounts, coliseum_app;
GRANT SELECT, INSERT, UPDATE ON trail_heads TO coliseum_accounts, coliseum_app;
GRANT SELECT ON trail_entries, trail_heads TO coliseum_processor;
