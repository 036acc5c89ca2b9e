-- The canonical log. What may be done to it is decided here, by GRANT: the service inserts and reads, nothing else.

-- head: the offset that the next entry of this partition gets; whoever updates the row holds the partition.
CREATE TABLE passport_heads (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    partition smallint NOT NULL,
    head bigint NOT NULL DEFAULT 0 CHECK (head >= 0),
    PRIMARY KEY (tenant_id, partition)
);

-- What was accepted within the dedupe window: the same id and hash is a duplicate, another hash is a reused id.
CREATE TABLE passport_keys (
    tenant_id int NOT NULL,
    id text NOT NULL,
    content_hash bytea NOT NULL CHECK (length(content_hash) = 16),
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    received_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX passport_keys_received_at ON passport_keys USING brin (received_at);

-- A person is a number. Deleting the row severs the log from the person: nothing else says who it was.
CREATE TABLE passport_subjects (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    subject_id bigint GENERATED ALWAYS AS IDENTITY,
    user_id text NOT NULL,
    key bytea NOT NULL CHECK (length(key) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, subject_id),
    UNIQUE (tenant_id, user_id)
);

CREATE TABLE passport_personal (
    tenant_id int NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    subject_id bigint NOT NULL,
    fields jsonb NOT NULL,
    PRIMARY KEY (tenant_id, partition, "offset")
);
CREATE INDEX passport_personal_subject ON passport_personal (tenant_id, subject_id);

-- What an entry has used up: a vote can be voided once.
CREATE TABLE passport_references (
    tenant_id int NOT NULL,
    kind text NOT NULL CHECK (kind IN ('vote')),
    ref_id text NOT NULL,
    id text NOT NULL,
    PRIMARY KEY (tenant_id, kind, ref_id)
);

CREATE TABLE passport_entries (
    tenant_id int NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL,
    id text NOT NULL,
    subject_id bigint,
    session_id uuid,
    device_id uuid,
    event_type text NOT NULL,
    event_category text NOT NULL GENERATED ALWAYS AS (split_part(event_type, '.', 1)) STORED,
    entity_type text,
    entity_id text,
    artist_id text,
    event_id text,
    track_id text,
    city text,
    currency text,
    value bigint NOT NULL,
    occurred_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    source text NOT NULL,
    dna_influence integer NOT NULL,
    metadata jsonb NOT NULL,
    PRIMARY KEY (tenant_id, partition, "offset", created_at)
) PARTITION BY RANGE (created_at);

-- Explanations read the log by when things happened; entries arrive nearly in that order, so a block range is enough.
CREATE INDEX passport_entries_occurred_at ON passport_entries USING brin (occurred_at);

-- A clock that jumps past the partitions made ahead must not cost an event.
CREATE TABLE passport_entries_default PARTITION OF passport_entries DEFAULT;

SELECT coliseum_protect(name::regclass) FROM unnest(ARRAY[
    'passport_heads', 'passport_keys', 'passport_subjects', 'passport_personal', 'passport_references',
    'passport_entries', 'passport_entries_default']) AS name;

-- Makes the monthly partitions from this month to `ahead` months on; returns the names of those it made.
CREATE FUNCTION passport_make_partitions(since timestamptz, ahead int) RETURNS SETOF text
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    month timestamptz;
    name text;
BEGIN
    FOR month IN SELECT generate_series(date_trunc('month', since, 'UTC'),
                                        date_trunc('month', since, 'UTC') + make_interval(months => ahead),
                                        interval '1 month') LOOP
        name := 'passport_entries_' || to_char(month AT TIME ZONE 'UTC', 'YYYYMM');
        IF to_regclass('public.' || name) IS NULL THEN
            BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF passport_entries FOR VALUES FROM (%L) TO (%L)',
                               name, month, month + interval '1 month');
                PERFORM coliseum_protect(name::regclass);
                RETURN NEXT name;
            EXCEPTION WHEN check_violation THEN
                NULL; -- the default partition took entries of this month already, and keeps the month
            END;
        END IF;
    END LOOP;
END $$;

REVOKE ALL ON FUNCTION passport_make_partitions(timestamptz, int) FROM PUBLIC;

-- Refusals and dropped fields, counted for the tenant to see.
CREATE TABLE capture_warnings (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    day date NOT NULL,
    code text NOT NULL,
    event_type text NOT NULL,
    count bigint NOT NULL,
    last_message text NOT NULL,
    last_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, day, code, event_type)
);
SELECT coliseum_protect('capture_warnings');

GRANT SELECT, INSERT ON passport_entries, passport_keys, passport_subjects, passport_personal, passport_references
    TO coliseum_capture;
GRANT SELECT, INSERT, UPDATE ON passport_heads, capture_warnings TO coliseum_capture;
GRANT SELECT ON passport_entries, passport_heads, passport_keys, passport_subjects, passport_personal,
    passport_references, capture_warnings TO coliseum_app, coliseum_processor;

-- The log for people who query by SQL: the platform's own user id stands in place of the number.
CREATE VIEW passport_log WITH (security_invoker = true) AS
SELECT e.tenant_id, e.partition, e."offset", e.id, s.user_id, e.session_id, e.device_id, e.event_type,
       e.event_category, e.entity_type, e.entity_id, e.artist_id, e.event_id, e.track_id, e.city, e.currency,
       e.value, e.occurred_at, e.created_at, e.source, e.dna_influence, e.metadata
FROM passport_entries e
LEFT JOIN passport_subjects s ON s.tenant_id = e.tenant_id AND s.subject_id = e.subject_id;
GRANT SELECT ON passport_log TO coliseum_app;
