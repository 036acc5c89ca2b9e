-- What fans do around one show, and who follows whom, can be looked up by what it is about. Votes, plays and payments,
-- which are most of a log, are not in this index.
CREATE INDEX passport_entries_acts ON passport_entries (tenant_id, entity_id, event_type)
    WHERE event_category IN ('concierto', 'social');

-- The entries of these types that are about one of these entities, as far as the rollups have read and without those
-- that were put aside.
CREATE FUNCTION coliseum_acts(tenant int, of_kind text, of_ids text[], of_types text[])
    RETURNS TABLE (partition int, "offset" bigint, id text, event_type text, target text, fan bigint,
                   occurred_at timestamptz, created_at timestamptz, value bigint, metadata jsonb)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT e.partition, e."offset", e.id, e.event_type, e.entity_id, e.subject_id, e.occurred_at, e.created_at, e.value,
           e.metadata
    FROM passport_entries e
    JOIN processor_units u ON u.tenant_id = tenant AND u.consumer = 'coliseum'
    JOIN processor_cursors c ON c.tenant_id = tenant AND c.consumer = 'coliseum' AND c.generation = u.generation
        AND c.partition = e.partition AND e."offset" < c."offset"
    WHERE e.tenant_id = tenant AND e.event_category IN ('concierto', 'social') AND e.entity_id = ANY (of_ids)
      AND e.event_type = ANY (of_types) AND e.entity_type = of_kind AND e.subject_id IS NOT NULL
      AND NOT EXISTS (
          SELECT FROM processor_dead_letters d WHERE d.tenant_id = tenant AND d.consumer = 'coliseum'
             AND d.partition = e.partition AND d."offset" = e."offset"
      );
END;

-- The events, in numbers, on whose bill an artist stands.
CREATE INDEX catalog_events_artists ON catalog_events USING gin (artist_ids);
