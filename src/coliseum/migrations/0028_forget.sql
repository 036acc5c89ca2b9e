-- A person can be forgotten: the rows that say whose a number is are deleted, and a mark keeps them from coming back.

-- Who is not to be met again. digest: an HMAC of tenant and user id under a secret that is not in the database, so that
-- the list says nobody's name. It stands beside no number and no certificate: whose entries somebody's were, nobody can
-- find out from it, not even with the secret and the user id. day: all that is kept of when.
CREATE TABLE privacy_suppressed (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    digest bytea NOT NULL CHECK (octet_length(digest) = 32),
    day date NOT NULL,
    PRIMARY KEY (tenant_id, digest)
);

-- That somebody was forgotten. subject_id: under which number the log knew them; null for somebody whom it did not know.
-- number: in the order of the commits, so that whoever has read up to one has missed none before it.
CREATE TABLE privacy_erasures (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    certificate uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    subject_id bigint,
    requested_by text NOT NULL CHECK (length(requested_by) BETWEEN 1 AND 200),
    erased_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, certificate)
);
CREATE INDEX privacy_erasures_number ON privacy_erasures (number);
CREATE INDEX privacy_erasures_age ON privacy_erasures (erased_at);

SELECT coliseum_protect(each::regclass) FROM unnest(ARRAY['privacy_suppressed', 'privacy_erasures']) AS each;
GRANT SELECT, INSERT ON privacy_suppressed, privacy_erasures TO coliseum_accounts;
GRANT SELECT ON privacy_suppressed, privacy_erasures TO coliseum_capture;
GRANT SELECT ON privacy_erasures TO coliseum_processor;
DO $$ BEGIN
    EXECUTE format('GRANT USAGE ON SEQUENCE %s TO coliseum_accounts',
                   pg_get_serial_sequence('privacy_erasures', 'number'));
END $$;

-- What forgetting takes away, of one tenant under its policy.
GRANT SELECT, DELETE ON passport_subjects, passport_personal TO coliseum_accounts;
GRANT SELECT, UPDATE (last_message) ON capture_warnings TO coliseum_accounts;

-- Waits until nobody is being forgotten, and holds that off until the transaction ends: whoever stores people does so
-- under it, sees then who is suppressed, and so brings nobody back.
CREATE FUNCTION privacy_hold_people(tenant int) RETURNS void
    LANGUAGE sql SET search_path = public, pg_temp
    AS 'SELECT pg_advisory_xact_lock_shared(1346981465, tenant)';

DROP FUNCTION passport_append(
    int, smallint, timestamptz, passport_new_person[], passport_new_entry[], passport_new_personal[]);
-- digest: as in privacy_suppressed.
ALTER TYPE passport_new_person ADD ATTRIBUTE digest bytea;

-- Stores people whom nobody has stored, and returns who of them it has; nobody who was forgotten.
CREATE FUNCTION passport_store_people(tenant int, people passport_new_person[]) RETURNS SETOF text
    LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM privacy_hold_people(tenant);
    -- A statement of its own, which sees everything that was committed before it began.
    RETURN QUERY
    INSERT INTO passport_subjects (tenant_id, subject_id, user_id, key) OVERRIDING SYSTEM VALUE
    SELECT tenant, p.subject_id, p.user_id, p.key FROM unnest(people) AS p
    WHERE NOT EXISTS (SELECT FROM privacy_suppressed f WHERE f.tenant_id = tenant AND f.digest = p.digest)
    ORDER BY p.user_id COLLATE "C"
    ON CONFLICT (tenant_id, user_id) DO NOTHING
    RETURNING user_id;
END $$;

-- Stores entries whose ids are not in the log, in their order, and returns the offset of the first.
-- The head is locked first, so that appends to one partition are serial. People and ids are inserted sorted, so that
-- appends to two partitions that meet on the same ones wait for each other in one direction only.
-- Raises unique_violation, and nothing is stored: on passport_keys, when an id is in the log already; on
-- passport_subjects, when one of the people was given another number meanwhile, or was forgotten.
CREATE FUNCTION passport_append(
    tenant int, part smallint, received_at timestamptz,
    people passport_new_person[], entries passport_new_entry[], personal passport_new_personal[]
) RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    first bigint;
    made bigint;
BEGIN
    IF cardinality(people) > 0 THEN
        PERFORM privacy_hold_people(tenant);
    END IF;
    UPDATE passport_heads SET head = head + cardinality(entries)
    WHERE tenant_id = tenant AND partition = part
    RETURNING head - cardinality(entries) INTO STRICT first;

    IF cardinality(people) > 0 THEN
        IF EXISTS (
            SELECT FROM unnest(people) AS p
            CROSS JOIN LATERAL (
                SELECT FROM privacy_suppressed f WHERE f.tenant_id = tenant AND f.digest = p.digest OFFSET 0
            ) suppressed
        ) THEN
            RAISE unique_violation USING TABLE = 'passport_subjects', MESSAGE = 'one of these people was forgotten';
        END IF;
        INSERT INTO passport_subjects (tenant_id, subject_id, user_id, key) OVERRIDING SYSTEM VALUE
        SELECT tenant, p.subject_id, p.user_id, p.key FROM unnest(people) AS p ORDER BY p.user_id COLLATE "C"
        ON CONFLICT (tenant_id, user_id) DO NOTHING;
        GET DIAGNOSTICS made = ROW_COUNT;
        -- The same person under the same number was stored by a neighbour, or by a try whose answer was lost.
        IF made < cardinality(people) AND EXISTS (
            SELECT FROM unnest(people) AS p
            CROSS JOIN LATERAL (
                SELECT s.subject_id FROM passport_subjects s
                WHERE s.tenant_id = tenant AND s.user_id = p.user_id OFFSET 0
            ) stored
            WHERE stored.subject_id <> p.subject_id
        ) THEN
            RAISE unique_violation USING TABLE = 'passport_subjects',
                MESSAGE = 'one of these people has another number';
        END IF;
    END IF;

    INSERT INTO passport_keys (tenant_id, id, content_hash, partition, "offset", received_at)
    SELECT tenant, e.id, e.content_hash, part, first + e.ordinality - 1, passport_append.received_at
    FROM unnest(entries) WITH ORDINALITY AS e ORDER BY e.id COLLATE "C";

    INSERT INTO passport_entries (
        tenant_id, partition, "offset", id, subject_id, session_id, device_id, event_type, entity_type, entity_id,
        artist_id, event_id, track_id, city, currency, value, occurred_at, created_at, source, dna_influence, metadata)
    SELECT tenant, part, first + e.ordinality - 1, e.id, e.subject_id, e.session_id, e.device_id, e.event_type,
           e.entity_type, e.entity_id, e.artist_id, e.event_id, e.track_id, e.city, e.currency, e.value, e.occurred_at,
           passport_append.received_at, e.source, e.dna_influence, e.metadata::jsonb
    FROM unnest(entries) WITH ORDINALITY AS e;

    IF cardinality(personal) > 0 THEN
        INSERT INTO passport_personal (tenant_id, partition, "offset", subject_id, fields)
        SELECT tenant, part, first + p.place - 1, p.subject_id, p.fields::jsonb FROM unnest(personal) AS p;
    END IF;
    RETURN first;
END $$;

REVOKE ALL ON FUNCTION privacy_hold_people(int) FROM PUBLIC;
REVOKE ALL ON FUNCTION passport_store_people(int, passport_new_person[]) FROM PUBLIC;
REVOKE ALL ON FUNCTION passport_append(
    int, smallint, timestamptz, passport_new_person[], passport_new_entry[], passport_new_personal[]
) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION privacy_hold_people(int), passport_store_people(int, passport_new_person[]), passport_append(
    int, smallint, timestamptz, passport_new_person[], passport_new_entry[], passport_new_personal[]
) TO coliseum_capture;
