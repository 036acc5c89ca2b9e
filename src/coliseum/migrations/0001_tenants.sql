-- The roles that the running service takes on, the tenants, and their write keys.
--
-- Roles belong to the whole server, so they may exist already: another Coliseum database may live beside this one.
DO $$
DECLARE
    wanted record;
BEGIN
    FOR wanted IN SELECT * FROM (VALUES
        ('coliseum_capture', 'BYPASSRLS'),   -- appends to the log; COPY is refused under row-level security
        ('coliseum_processor', 'BYPASSRLS'), -- serves every tenant's projections
        ('coliseum_app', 'NOBYPASSRLS')      -- reads for one tenant at a time
    ) AS roles (name, rls) LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted.name) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN %s', wanted.name, wanted.rls);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN
                NULL; -- somebody else's migration made it in this very moment
            END;
        END IF;
        -- Being a member is not enough from PostgreSQL 16 on: the right to take the role on is a grant of its own.
        IF current_setting('server_version_num')::int >= 160000 THEN
            IF NOT pg_has_role(current_user, wanted.name, 'SET') THEN
                EXECUTE format('GRANT %I TO CURRENT_USER WITH SET TRUE, INHERIT FALSE', wanted.name);
            END IF;
        ELSIF NOT pg_has_role(current_user, wanted.name, 'MEMBER') THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', wanted.name);
        END IF;
    END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO coliseum_capture, coliseum_processor, coliseum_app;

-- The tenant that a transaction works for. An unset or emptied setting gives NULL, and so no rows at all.
CREATE FUNCTION coliseum_tenant() RETURNS int
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('coliseum.tenant', true), '')::int;

-- Puts a table under row-level security, forced on its owner too. Every table with a tenant_id goes through here.
CREATE FUNCTION coliseum_protect(target regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY tenant_only ON %s USING (tenant_id = coliseum_tenant()) '
                   'WITH CHECK (tenant_id = coliseum_tenant())', target);
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', target);
END $$;

REVOKE ALL ON FUNCTION coliseum_protect(regclass) FROM PUBLIC;

CREATE TABLE accounts_tenants (
    tenant_id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(slug) <= 40),
    name text NOT NULL,
    time_zone text NOT NULL,
    currency text NOT NULL CHECK (currency ~ '^[a-z]{3}$'),
    partitions smallint NOT NULL DEFAULT 1 CHECK (partitions BETWEEN 1 AND 64),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE accounts_keys (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    key_id bigint GENERATED ALWAYS AS IDENTITY,
    kind text NOT NULL CHECK (kind IN ('server', 'browser')),
    secret_digest bytea NOT NULL UNIQUE,
    prefix text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, key_id)
);

SELECT coliseum_protect('accounts_tenants');
SELECT coliseum_protect('accounts_keys');
GRANT SELECT ON accounts_tenants, accounts_keys TO coliseum_capture, coliseum_processor, coliseum_app;
