-- Appending in one statement. What belongs together goes over as one value and is stored in one transaction, so that
-- a commit costs one round trip whether it carries one entry or five thousand. It runs with the caller's rights.

-- An entry without its place: the columns of passport_entries that an event fills. metadata is the text of a JSON
-- object, since only text goes over without being looked into.
CREATE TYPE passport_new_entry AS (
    id text,
    content_hash bytea,
    event_type text,
    value bigint,
    dna_influence integer,
    occurred_at timestamptz,
    source text,
    subject_id bigint,
    session_id uuid,
    device_id uuid,
    entity_type text,
    entity_id text,
    artist_id text,
    event_id text,
    track_id text,
    city text,
    currency text,
    metadata text
);

-- Personal fields of one of the entries; place: which, counted from 1.
CREATE TYPE passport_new_personal AS (
    place integer,
    subject_id bigint,
    fields text
);

-- Stores entries whose ids are not in the log, in their order, and returns the offset of the first.
-- The head is locked first, so that appends to one partition are serial. Ids are inserted sorted, so that appends to
-- two partitions that meet on the same ids wait for each other in one direction only. An id that is in the log already
-- raises unique_violation on passport_keys, and nothing is stored.
CREATE FUNCTION passport_append(
    tenant int, part smallint, received_at timestamptz,
    entries passport_new_entry[], personal passport_new_personal[]
) RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    first bigint;
BEGIN
    UPDATE passport_heads SET head = head + cardinality(entries)
    WHERE tenant_id = tenant AND partition = part
    RETURNING head - cardinality(entries) INTO STRICT first;

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

REVOKE ALL ON FUNCTION passport_append(int, smallint, timestamptz, passport_new_entry[], passport_new_personal[])
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION passport_append(int, smallint, timestamptz, passport_new_entry[], passport_new_personal[])
    TO coliseum_capture;
