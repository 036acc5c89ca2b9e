-- People whom nobody has met before are stored with the first entries that name them, by the append itself.

-- Numbers are given out before they are used, and are never given out again, whether their person is stored or not. A
-- session takes a thousand at a time, so that hardly any look-up waits for the disk.
ALTER TABLE passport_subjects ALTER COLUMN subject_id SET CACHE 1000;
GRANT USAGE ON SEQUENCE passport_subjects_subject_id_seq TO coliseum_capture;

DROP FUNCTION passport_append(int, smallint, timestamptz, passport_new_entry[], passport_new_personal[]);
-- Somebody whom the log does not know yet, under the number that was given out for them.
CREATE TYPE passport_new_person AS (
    user_id text,
    subject_id bigint,
    key bytea
);

-- Stores entries whose ids are not in the log, in their order, and returns the offset of the first.
-- The head is locked first, so that appends to one partition are serial. People and ids are inserted sorted, so that
-- appends to two partitions that meet on the same ones wait for each other in one direction only.
-- Raises unique_violation, and nothing is stored: on passport_keys, when an id is in the log already; on
-- passport_subjects, when one of the people was given another number meanwhile.
CREATE FUNCTION passport_append(
    tenant int, part smallint, received_at timestamptz,
    people passport_new_person[], entries passport_new_entry[], personal passport_new_personal[]
) RETURNS bigint LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    first bigint;
    made bigint;
BEGIN
    UPDATE passport_heads SET head = head + cardinality(entries)
    WHERE tenant_id = tenant AND partition = part
    RETURNING head - cardinality(entries) INTO STRICT first;

    IF cardinality(people) > 0 THEN
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

REVOKE ALL ON FUNCTION passport_append(
    int, smallint, timestamptz, passport_new_person[], passport_new_entry[], passport_new_personal[]
) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION passport_append(
    int, smallint, timestamptz, passport_new_person[], passport_new_entry[], passport_new_personal[]
) TO coliseum_capture;
