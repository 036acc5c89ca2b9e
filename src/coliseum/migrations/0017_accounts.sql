-- People who log in, their membership of tenants, what their log-ins left behind, and what a key may do.

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'coliseum_accounts') THEN
        BEGIN
            CREATE ROLE coliseum_accounts NOLOGIN NOBYPASSRLS; -- people, members, keys, settings
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL; -- somebody else's migration made it in this very moment
        END;
    END IF;
    IF current_setting('server_version_num')::int >= 160000 THEN
        IF NOT pg_has_role(current_user, 'coliseum_accounts', 'SET') THEN
            GRANT coliseum_accounts TO CURRENT_USER WITH SET TRUE, INHERIT FALSE;
        END IF;
    ELSIF NOT pg_has_role(current_user, 'coliseum_accounts', 'MEMBER') THEN
        GRANT coliseum_accounts TO CURRENT_USER;
    END IF;
END $$;

GRANT USAGE ON SCHEMA public TO coliseum_accounts;

-- Puts a table about people, who belong to no tenant, under row-level security: one role sees it, and no other would
-- even with a grant by mistake. (The capture role finds out who is calling, and bypasses policies.)
CREATE FUNCTION coliseum_protect_people(target regclass) RETURNS void
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY people_only ON %s TO coliseum_accounts USING (true) WITH CHECK (true)', target);
    EXECUTE format('REVOKE ALL ON %s FROM PUBLIC', target);
END $$;

REVOKE ALL ON FUNCTION coliseum_protect_people(regclass) FROM PUBLIC;

-- What a tenant has set, beside what it was made with.
ALTER TABLE accounts_tenants
    ADD COLUMN plan text NOT NULL DEFAULT 'basic' CHECK (plan IN ('basic', 'pro', 'enterprise')),
    ADD COLUMN allowed_origins text[] NOT NULL DEFAULT '{}' CHECK (cardinality(allowed_origins) <= 50),
    ADD COLUMN retention_months smallint CHECK (retention_months BETWEEN 1 AND 120),
    ADD COLUMN consent_policy text NOT NULL DEFAULT 'legitimate_interest'
        CHECK (consent_policy IN ('legitimate_interest', 'opt_in')),
    ADD COLUMN second_factor_required boolean NOT NULL DEFAULT false,
    ADD COLUMN suspended_at timestamptz,
    -- Rises with every change of the settings; the ETag of their page.
    ADD COLUMN revision bigint NOT NULL DEFAULT 1 CHECK (revision > 0);

-- password_hash: Argon2id in PHC form; without one the person logs in through a foreign identity only.
-- totp_secret is sealed under a key that is not in the database; totp_counter: the last time step whose code was used.
CREATE TABLE accounts_people (
    person_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
    name text NOT NULL CHECK (length(name) <= 100),
    password_hash text CHECK (password_hash LIKE '$argon2id$%'),
    password_changed_at timestamptz,
    email_verified_at timestamptz,
    totp_secret bytea,
    totp_confirmed_at timestamptz CHECK (totp_confirmed_at IS NULL OR totp_secret IS NOT NULL),
    totp_counter bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz
);

-- Each works once; code_hash is slow to try (the codes are shorter than a key).
CREATE TABLE accounts_recovery_codes (
    person_id bigint NOT NULL REFERENCES accounts_people ON DELETE CASCADE,
    number smallint NOT NULL CHECK (number BETWEEN 1 AND 20),
    code_hash text NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (person_id, number)
);

-- A log-in. kind: cookie (a browser's, found by secret_digest) or token (a program's, with refresh tokens of its own).
CREATE TABLE accounts_sessions (
    session_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id bigint NOT NULL REFERENCES accounts_people ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('cookie', 'token')),
    secret_digest bytea UNIQUE CHECK ((kind = 'cookie') = (secret_digest IS NOT NULL)),
    created_at timestamptz NOT NULL,
    authenticated_at timestamptz NOT NULL,  -- the last time that the password was given
    second_factor_at timestamptz,           -- the last time that a code was given; null: only the password was
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    ended_at timestamptz,
    end_reason text CHECK ((end_reason IS NULL) = (ended_at IS NULL)),
    address text NOT NULL,
    agent text NOT NULL CHECK (length(agent) <= 300)
);
CREATE INDEX accounts_sessions_person ON accounts_sessions (person_id, created_at DESC);

-- One row for each refresh token of a session. A used one has a successor, which follows from it and is not stored.
CREATE TABLE accounts_refresh_tokens (
    token_digest bytea PRIMARY KEY,
    session_id bigint NOT NULL REFERENCES accounts_sessions ON DELETE CASCADE,
    issued_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX accounts_refresh_tokens_session ON accounts_refresh_tokens (session_id);

-- One-time links sent by mail. Opening one never uses it; posting does.
CREATE TABLE accounts_links (
    secret_digest bytea PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
    person_id bigint NOT NULL REFERENCES accounts_people ON DELETE CASCADE,
    email text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX accounts_links_person ON accounts_links (person_id);

-- Who somebody is for another issuer of identities.
CREATE TABLE accounts_identities (
    issuer text NOT NULL,
    foreign_subject text NOT NULL CHECK (length(foreign_subject) BETWEEN 1 AND 255),
    person_id bigint NOT NULL REFERENCES accounts_people ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (issuer, foreign_subject)
);
CREATE INDEX accounts_identities_person ON accounts_identities (person_id);

-- Mail that waits to be sent, or was not, because no mail server is set: then this is where it can be read.
CREATE TABLE accounts_outbox (
    mail_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    recipient text NOT NULL,
    subject text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    attempts smallint NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT now(),
    last_error text
);

CREATE TABLE accounts_members (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    person_id bigint NOT NULL REFERENCES accounts_people ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'analyst', 'viewer')),
    joined_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, person_id)
);
CREATE INDEX accounts_members_person ON accounts_members (person_id);

CREATE TABLE accounts_invitations (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    invitation_id bigint GENERATED ALWAYS AS IDENTITY,
    email text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
    role text NOT NULL CHECK (role IN ('owner', 'admin', 'analyst', 'viewer')),
    secret_digest bytea NOT NULL UNIQUE,
    invited_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    accepted_at timestamptz,
    revoked_at timestamptz,
    PRIMARY KEY (tenant_id, invitation_id)
);

-- Issuers of identities that a tenant trusts for its own users and members. algorithms: all that may sign.
-- hs256_key is sealed; it is set only where the issuer has no public keys.
CREATE TABLE accounts_issuers (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    issuer text NOT NULL CHECK (length(issuer) BETWEEN 8 AND 255),
    audience text NOT NULL CHECK (length(audience) BETWEEN 1 AND 255),
    jwks_url text,
    algorithms text[] NOT NULL CHECK (cardinality(algorithms) BETWEEN 1 AND 5),
    hs256_key bytea,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, issuer),
    CHECK ((jwks_url IS NULL) <> (hs256_key IS NULL))
);

-- Keys that are there may do everything, as before.
ALTER TABLE accounts_keys
    ADD COLUMN name text NOT NULL DEFAULT '' CHECK (length(name) <= 100),
    ADD COLUMN scopes text[] NOT NULL DEFAULT '{write,read,admin}'
        CHECK (scopes <@ '{write,read,admin}' AND cardinality(scopes) BETWEEN 1 AND 3),
    ADD COLUMN origins text[] NOT NULL DEFAULT '{}' CHECK (cardinality(origins) <= 50),
    ADD COLUMN addresses text[] NOT NULL DEFAULT '{}' CHECK (cardinality(addresses) <= 50),
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN last_used_at timestamptz,
    ADD COLUMN created_by text NOT NULL DEFAULT '',
    ADD COLUMN replaces bigint;
-- Under the forced policies the owner would see none of them.
ALTER TABLE accounts_keys NO FORCE ROW LEVEL SECURITY;
UPDATE accounts_keys SET scopes = '{write}' WHERE kind = 'browser';
ALTER TABLE accounts_keys FORCE ROW LEVEL SECURITY;
ALTER TABLE accounts_keys ADD CONSTRAINT accounts_keys_browser CHECK (kind = 'server' OR scopes = '{write}');

SELECT coliseum_protect_people(each::regclass)
FROM unnest(ARRAY['accounts_people', 'accounts_recovery_codes', 'accounts_sessions', 'accounts_refresh_tokens',
                  'accounts_links', 'accounts_identities', 'accounts_outbox']) AS each;
SELECT coliseum_protect(each::regclass)
FROM unnest(ARRAY['accounts_members', 'accounts_invitations', 'accounts_issuers']) AS each;

GRANT SELECT, INSERT, UPDATE ON accounts_people, accounts_sessions, accounts_refresh_tokens, accounts_links,
    accounts_recovery_codes, accounts_outbox TO coliseum_accounts;
GRANT DELETE ON accounts_people, accounts_recovery_codes, accounts_outbox, accounts_refresh_tokens, accounts_sessions,
    accounts_links TO coliseum_accounts;
GRANT SELECT, INSERT, DELETE ON accounts_identities TO coliseum_accounts;
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts_members, accounts_invitations, accounts_issuers TO coliseum_accounts;
GRANT SELECT, INSERT ON accounts_tenants, accounts_keys TO coliseum_accounts;
GRANT UPDATE (name, time_zone, currency, plan, allowed_origins, retention_months, consent_policy,
              second_factor_required, suspended_at, revision) ON accounts_tenants TO coliseum_accounts;
GRANT UPDATE (name, scopes, origins, addresses, expires_at, revoked_at) ON accounts_keys TO coliseum_accounts;
GRANT INSERT, SELECT ON passport_heads, processor_units, processor_cursors TO coliseum_accounts;
-- Who is calling is found out by the role that bypasses policies: no tenant is known yet.
GRANT UPDATE (last_used_at) ON accounts_keys TO coliseum_capture;
GRANT SELECT (person_id, email, name, email_verified_at, disabled_at, password_changed_at, totp_confirmed_at)
    ON accounts_people TO coliseum_capture;
GRANT SELECT ON accounts_sessions, accounts_members, accounts_invitations, accounts_issuers, accounts_identities
    TO coliseum_capture;
GRANT UPDATE (seen_at) ON accounts_sessions TO coliseum_capture;
DO $$
BEGIN
    EXECUTE format('GRANT USAGE ON SEQUENCE %s TO coliseum_accounts',
                   pg_get_serial_sequence('accounts_tenants', 'tenant_id'));
END $$;
