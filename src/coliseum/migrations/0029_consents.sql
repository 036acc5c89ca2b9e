-- What people have said of consent, as it stands: for each purpose the word that stands last in the log. It is kept by
-- the log itself, in the transaction of the entry, so that no word is stored and does not count.

-- granted: a word whose source is a browser's signal (gpc) never grants. partition, offset: where the word stands.
CREATE TABLE privacy_consents (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    subject_id bigint NOT NULL,
    purpose text NOT NULL,
    granted boolean NOT NULL,
    partition smallint NOT NULL,
    "offset" bigint NOT NULL CHECK ("offset" >= 0),
    PRIMARY KEY (tenant_id, subject_id, purpose),
    -- Whoever is nobody's number any more has said nothing.
    FOREIGN KEY (tenant_id, subject_id) REFERENCES passport_subjects ON DELETE CASCADE
);
SELECT coliseum_protect('privacy_consents');
GRANT SELECT, INSERT, UPDATE (granted, partition, "offset") ON privacy_consents TO coliseum_capture;

-- A person's events are all in one partition, whose offsets are the order in which the words were heard.
CREATE FUNCTION privacy_note_consent() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    INSERT INTO privacy_consents AS c (tenant_id, subject_id, purpose, granted, partition, "offset")
    SELECT NEW.tenant_id, s.subject_id, NEW.metadata->>'purpose',
           (NEW.metadata->>'granted')::boolean AND NEW.metadata->>'source' <> 'gpc', NEW.partition, NEW."offset"
    FROM passport_subjects s WHERE s.tenant_id = NEW.tenant_id AND s.subject_id = NEW.subject_id
    ON CONFLICT (tenant_id, subject_id, purpose) DO UPDATE
    SET granted = excluded.granted, partition = excluded.partition, "offset" = excluded."offset"
    WHERE (c.partition, c."offset") < (excluded.partition, excluded."offset");
    RETURN NULL;
EXCEPTION WHEN foreign_key_violation THEN
    RETURN NULL; -- in this very moment the person became nobody; the entry stands, as every other of theirs
END $$;
REVOKE ALL ON FUNCTION privacy_note_consent FROM PUBLIC;

-- What was said before this version counts, too. The log is read tenant by tenant, because its owner is under the forced
-- policies: once before the trigger is there, while appends go on, and then what has come meanwhile, while they wait.
CREATE TEMPORARY TABLE read_to (tenant_id int, partition smallint, head bigint) ON COMMIT DROP;
DO $$
DECLARE
    reading int;
    tenant int;
BEGIN
    FOR reading IN 1..2 LOOP
        IF reading = 2 THEN
            CREATE TRIGGER privacy_consent_said AFTER INSERT ON passport_entries
                FOR EACH ROW WHEN (NEW.event_type = 'privacy.consent_changed') EXECUTE FUNCTION privacy_note_consent();
        END IF;
        FOR tenant IN SELECT generate_series(1, last_value) FROM accounts_tenants_tenant_id_seq LOOP
            PERFORM set_config('coliseum.tenant', tenant::text, true);
            IF reading = 1 THEN
                INSERT INTO read_to SELECT p.tenant_id, p.partition, p.head FROM passport_heads p WHERE p.tenant_id = tenant;
            END IF;
            INSERT INTO privacy_consents AS c (tenant_id, subject_id, purpose, granted, partition, "offset")
            SELECT DISTINCT ON (e.subject_id, e.metadata->>'purpose')
                   e.tenant_id, e.subject_id, e.metadata->>'purpose',
                   (e.metadata->>'granted')::boolean AND e.metadata->>'source' <> 'gpc', e.partition, e."offset"
            FROM read_to r
            JOIN passport_entries e ON e.tenant_id = tenant AND e.partition = r.partition
                AND e."offset" >= CASE reading WHEN 1 THEN 0 ELSE r.head END
            JOIN passport_subjects s ON s.tenant_id = tenant AND s.subject_id = e.subject_id
            WHERE r.tenant_id = tenant AND e.event_type = 'privacy.consent_changed'
            ORDER BY e.subject_id, e.metadata->>'purpose', e.partition DESC, e."offset" DESC
            ON CONFLICT (tenant_id, subject_id, purpose) DO UPDATE
            SET granted = excluded.granted, partition = excluded.partition, "offset" = excluded."offset"
            WHERE (c.partition, c."offset") < (excluded.partition, excluded."offset");
        END LOOP;
    END LOOP;
    PERFORM set_config('coliseum.tenant', '', true);
END $$;
