-- As of a place in the log, the catalogue is what the log said up to there: names, bills, cities and genres.

-- Catalogue entries are few among many others, and are looked up by what they are about.
CREATE INDEX passport_entries_catalog ON passport_entries (tenant_id, event_type, entity_id)
    WHERE event_category = 'catalog';

-- Whatever is known of the entities of one type, such as catalog.artist, when the log has been read up to these offsets:
-- the newest entry by (occurred, partition, offset), as in the catalog_ tables. What the caller asks of id is asked of the
-- index.
CREATE FUNCTION coliseum_catalog_as_of(tenant int, of_type text, partitions int[], offsets bigint[])
    RETURNS TABLE (id text, name text, picture text, city text, genres text[], venue_id text, artist_ids text[])
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT newest.id, newest.metadata ->> 'name', newest.metadata ->> 'picture', newest.city,
           ARRAY(SELECT jsonb_array_elements_text(coalesce(newest.metadata -> 'genres', '[]'))),
           newest.metadata ->> 'venueId',
           ARRAY(SELECT jsonb_array_elements_text(coalesce(newest.metadata -> 'artistIds', '[]')))
    FROM (
        SELECT DISTINCT ON (e.entity_id) e.entity_id AS id, e.city, e.metadata
        FROM unnest(partitions, offsets) AS read (partition, upto)
        JOIN passport_entries e ON e.tenant_id = tenant AND e.partition = read.partition AND e."offset" < read.upto
        WHERE e.event_category = 'catalog' AND e.event_type = of_type
          AND NOT EXISTS (
              SELECT FROM processor_dead_letters d WHERE d.tenant_id = tenant AND d.consumer = 'coliseum'
                 AND d.partition = e.partition AND d."offset" = e."offset"
          )
        ORDER BY e.entity_id, e.occurred_at DESC, e.partition DESC, e."offset" DESC
    ) AS newest;
END;

-- The entries that count for the members of a board when the log has been read up to these offsets, and for whom; with
-- the catalogue of there. counted_for: of a board of unique fans, the fan. The board is their sum, and explanations list
-- them. The catalogue is read only when bills or filters ask for it.
CREATE FUNCTION coliseum_counted_as_of(
    tenant int, stored_metric text, of_kind int, since timestamptz, until timestamptz, with_bill boolean, fans boolean,
    in_city text, of_genre text, at_event text, partitions int[], offsets bigint[]
) RETURNS TABLE (member text, counted_for text, partition int, "offset" bigint, id text, event_type text,
                 occurred_at timestamptz, created_at timestamptz, value bigint)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH bills AS (
        SELECT DISTINCT e.id AS event, billed.artist
        FROM coliseum_catalog_as_of(tenant, 'catalog.event', partitions, offsets) AS e
        CROSS JOIN LATERAL unnest(e.artist_ids) AS billed (artist)
        WHERE with_bill OR of_genre IS NOT NULL
    ), artists AS (
        SELECT a.id, a.city, a.genres
        FROM coliseum_catalog_as_of(tenant, 'catalog.artist', partitions, offsets) AS a
        WHERE in_city IS NOT NULL OR of_genre IS NOT NULL
    ), places AS (
        SELECT e.id AS event, coalesce(e.city, v.city) AS city
        FROM coliseum_catalog_as_of(tenant, 'catalog.event', partitions, offsets) AS e
        LEFT JOIN coliseum_catalog_as_of(tenant, 'catalog.venue', partitions, offsets) AS v ON v.id = e.venue_id
        WHERE in_city IS NOT NULL
    ), of_that_genre AS (
        SELECT DISTINCT b.event FROM bills b JOIN artists a ON a.id = b.artist WHERE of_genre = ANY (a.genres)
    ), counted AS (
        SELECT m.partition, m."offset", m.id, m.event_type, m.occurred_at, m.created_at, m.value,
               m.entity_id AS counted_for, m.event_id, m.city,
               CASE WHEN with_bill THEN b.artist
                    WHEN fans THEN CASE of_kind WHEN 0 THEN '' WHEN 1 THEN m.artist_id WHEN 2 THEN m.event_id
                                                WHEN 4 THEN m.track_id END
                    ELSE m.entity_id END AS member,
               CASE WHEN with_bill THEN b.artist ELSE m.artist_id END AS by_artist
        FROM unnest(partitions, offsets) AS read (partition, upto)
        JOIN coliseum_metrics m ON m.tenant_id = tenant AND m.partition = read.partition AND m."offset" < read.upto
        LEFT JOIN bills b ON with_bill AND b.event = m.event_id
        WHERE m.metric = stored_metric
          AND m.kind = CASE WHEN with_bill THEN 'event' WHEN fans THEN 'fan'
                            ELSE (ARRAY['tenant', 'artist', 'event', 'fan', 'track', 'city', 'venue', 'leaderboard',
                                        'report'])[of_kind + 1] END
          -- Said once more of the index: which partitions, and how far at most.
          AND m.partition = ANY (partitions) AND m."offset" < (SELECT max(o.upto) FROM unnest(offsets) AS o (upto))
          AND m.occurred_at >= coalesce(since, '-infinity') AND m.occurred_at < coalesce(until, 'infinity')
          AND m.value <> 0
          AND NOT EXISTS (
              SELECT FROM processor_dead_letters d WHERE d.tenant_id = tenant AND d.consumer = 'coliseum'
                 AND d.partition = m.partition AND d."offset" = m."offset"
          )
    )
    SELECT c.member, c.counted_for, c.partition, c."offset", c.id, c.event_type, c.occurred_at, c.created_at, c.value
    FROM counted c
    LEFT JOIN artists a ON a.id = c.by_artist
    LEFT JOIN places p ON p.event = c.event_id
    LEFT JOIN of_that_genre g ON g.event = c.event_id
    WHERE c.member IS NOT NULL
      AND (at_event IS NULL OR c.event_id = at_event)
      AND (in_city IS NULL OR coalesce(nullif(c.city, ''), p.city, a.city) = in_city)
      AND (of_genre IS NULL OR CASE WHEN a.id IS NULL THEN g.event IS NOT NULL ELSE of_genre = ANY (a.genres) END);
END;

-- A board as it stood when the log had been read up to these offsets: from the log itself, its catalogue included.
CREATE OR REPLACE FUNCTION coliseum_board_as_of(
    tenant int, stored_metric text, of_kind int, since timestamptz, until timestamptz, with_bill boolean, fans boolean,
    in_city text, of_genre text, at_event text, partitions int[], offsets bigint[]
) RETURNS TABLE (entity bigint, value bigint, last_at timestamptz)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH counted AS (
        SELECT c.member, c.counted_for, c.value, c.occurred_at
        FROM coliseum_counted_as_of(tenant, stored_metric, of_kind, since, until, with_bill, fans, in_city, of_genre,
                                    at_event, partitions, offsets) AS c
        WHERE c.member <> ''
    ), scores AS (
        SELECT c.member, sum(c.value)::bigint AS value, max(c.occurred_at) AS last_at
        FROM counted c WHERE NOT fans GROUP BY c.member
        UNION ALL
        SELECT u.member, count(*), NULL
        FROM (SELECT c.member FROM counted c WHERE fans GROUP BY c.member, c.counted_for HAVING sum(c.value) > 0) AS u
        GROUP BY u.member
    )
    SELECT s.member::bigint, s.value, s.last_at FROM scores s WHERE of_kind = 3
    UNION ALL
    SELECT n.num, s.value, s.last_at
    FROM scores s
    JOIN coliseum_names n ON n.tenant_id = tenant AND n.id = s.member
        AND n.kind = (ARRAY['tenant', 'artist', 'event', 'fan', 'track', 'city', 'venue', 'leaderboard', 'report'])[of_kind + 1]
    WHERE of_kind <> 3;
END;
