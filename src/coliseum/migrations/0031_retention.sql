-- A tenant says for how long what is about people is kept; of whom nothing was heard for longer, nobody knows any more.

-- How far that was done. months: what was set then. cutoff: whoever was heard of last before it is nobody any more.
-- ran_at: when, by the clock of whoever did it.
CREATE TABLE privacy_retention (
    tenant_id int PRIMARY KEY REFERENCES accounts_tenants,
    months smallint NOT NULL CHECK (months BETWEEN 1 AND 120),
    cutoff timestamptz NOT NULL,
    ran_at timestamptz NOT NULL
);
SELECT coliseum_protect('privacy_retention');
GRANT SELECT ON privacy_retention TO coliseum_processor;
-- Who has said no is kept, so that it is known.
GRANT SELECT ON privacy_consents TO coliseum_processor;

-- A word of somebody whose number is nobody's any more is not stored: the append fails as when one of its people has
-- another number, and is made anew with the number that they have now. Otherwise a no would be answered for and not count.
CREATE OR REPLACE FUNCTION privacy_note_consent() RETURNS trigger
    LANGUAGE plpgsql SET search_path = public, pg_temp
AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM passport_subjects s WHERE s.tenant_id = NEW.tenant_id AND s.subject_id = NEW.subject_id
    ) THEN
        RAISE unique_violation USING TABLE = 'passport_subjects', MESSAGE = 'this number is nobody''s any more';
    END IF;
    INSERT INTO privacy_consents AS c (tenant_id, subject_id, purpose, granted, partition, "offset")
    VALUES (NEW.tenant_id, NEW.subject_id, NEW.metadata->>'purpose',
            (NEW.metadata->>'granted')::boolean AND NEW.metadata->>'source' <> 'gpc', NEW.partition, NEW."offset")
    ON CONFLICT (tenant_id, subject_id, purpose) DO UPDATE
    SET granted = excluded.granted, partition = excluded.partition, "offset" = excluded."offset"
    WHERE (c.partition, c."offset") < (excluded.partition, excluded."offset");
    RETURN NULL;
EXCEPTION WHEN foreign_key_violation THEN -- they became nobody in this very moment
    RAISE unique_violation USING TABLE = 'passport_subjects', MESSAGE = 'this number is nobody''s any more';
END $$;
