-- Boards that a tenant has declared by itself; how many fans are behind a member of a board, and which votes it got.

CREATE TABLE coliseum_boards (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    name text NOT NULL CONSTRAINT coliseum_boards_slug CHECK (name ~ '^[a-z0-9-]{1,64}$'),
    declaration jsonb NOT NULL CONSTRAINT coliseum_boards_declaration CHECK (coalesce(
        declaration ->> 'name' = name AND declaration ->> 'visibility' IN ('private', 'public')
        AND jsonb_typeof(declaration -> 'pinned') = 'boolean', false)),
    -- Rises with every change, also when a board was removed and is declared again.
    revision bigint NOT NULL CHECK (revision > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, name)
);
SELECT coliseum_protect('coliseum_boards');
-- The only table that the readers' role writes: a declaration is a setting, and no number.
GRANT SELECT, INSERT, UPDATE, DELETE ON coliseum_boards TO coliseum_app;
GRANT SELECT ON coliseum_boards TO coliseum_processor;

-- How many different fans add up to more than nothing for each member: the support behind a board. of_kind: artist,
-- event, track or city. with_bill: as in coliseum_board_totals, what fans did at an event counts for its bill.
CREATE FUNCTION coliseum_board_fans(
    tenant int, stored_metric text, of_kind int, since timestamptz, until timestamptz, with_bill boolean,
    in_city text, of_genre text, at_event text
) RETURNS TABLE (entity bigint, fans bigint)
    LANGUAGE sql STABLE SET enable_nestloop = off
BEGIN ATOMIC
WITH done AS (
    SELECT f.fan, f.artist, f.event, f.track, f.city, f.value
    FROM coliseum_fan_hours f
    WHERE f.tenant_id = tenant AND f.generation = coliseum_generation(tenant)
      AND f.metric = coliseum_metric(tenant, stored_metric)
      AND f.hour >= coalesce(since, '-infinity') AND f.hour < coalesce(until, 'infinity')
), facts AS (
    SELECT CASE of_kind WHEN 1 THEN d.artist WHEN 2 THEN d.event WHEN 4 THEN d.track WHEN 5 THEN d.city END AS entity,
           d.fan, d.artist, d.event, d.city, d.value
    FROM done d
    WHERE NOT with_bill
    UNION ALL
    SELECT b.artist, d.fan, b.artist, d.event, d.city, d.value
    FROM done d
    JOIN coliseum_bills b ON b.tenant_id = tenant AND b.event = d.event
    WHERE with_bill
), behind AS (
    SELECT f.entity, f.fan
    FROM facts f
    LEFT JOIN coliseum_artist_places ap ON ap.tenant_id = tenant AND ap.artist = f.artist
    LEFT JOIN coliseum_event_places ep ON ep.tenant_id = tenant AND ep.event = f.event
    LEFT JOIN coliseum_names nc ON nc.tenant_id = tenant AND nc.num = f.city
    LEFT JOIN coliseum_names nv ON nv.tenant_id = tenant AND nv.num = f.event
    WHERE f.entity <> 0
      AND (in_city IS NULL OR coalesce(nc.id, ep.city, ap.city) = in_city)
      AND (of_genre IS NULL OR of_genre = ANY (coalesce(ap.genres, ep.genres)))
      AND (at_event IS NULL OR nv.id = at_event)
    GROUP BY f.entity, f.fan
    HAVING sum(f.value) > 0
)
SELECT entity::bigint, count(*) FROM behind GROUP BY entity;
END;

-- The votes that these entities got, as [[weight, votes], …] from the heaviest weight down, up to where the rollups have
-- read. A void has its vote's place in time and the negated weight, so it takes one vote of that weight away. Compared
-- as arrays, the greater is better: a heavier vote beats any number of lighter ones, more of a weight beat fewer, and
-- one more weight beats none. of_kind: artist or event. received_since: entries of this window came no earlier.
CREATE FUNCTION coliseum_vote_counts(
    tenant int, of_kind int, of_entities bigint[], since timestamptz, until timestamptz, received_since timestamptz,
    in_city text, of_genre text, at_event text
) RETURNS TABLE (entity bigint, weights bigint[])
    LANGUAGE sql STABLE SET enable_nestloop = off
BEGIN ATOMIC
WITH wanted AS (
    SELECT n.num AS entity, n.id
    FROM unnest(of_entities) AS w (num)
    JOIN coliseum_names n ON n.tenant_id = tenant AND n.num = w.num
), read AS (
    SELECT c.partition, c."offset"
    FROM processor_units u JOIN processor_cursors c USING (tenant_id, consumer, generation)
    WHERE u.tenant_id = tenant AND u.consumer = 'coliseum'
), counts AS (
    SELECT w.entity, abs(e.value) AS weight, sum(sign(e.value))::bigint AS votes
    FROM passport_entries e
    JOIN wanted w ON w.id = CASE of_kind WHEN 1 THEN e.artist_id WHEN 2 THEN e.event_id END
    JOIN read r ON r.partition = e.partition AND e."offset" < r."offset"
    LEFT JOIN processor_dead_letters d ON d.tenant_id = tenant AND d.consumer = 'coliseum'
        AND d.partition = e.partition AND d."offset" = e."offset"
    LEFT JOIN catalog_artists a ON a.tenant_id = tenant AND a.id = e.artist_id
    LEFT JOIN catalog_events v ON v.tenant_id = tenant AND v.id = e.event_id
    LEFT JOIN catalog_venues p ON p.tenant_id = tenant AND p.id = v.venue_id
    WHERE e.tenant_id = tenant
      AND e.event_type IN (SELECT event_type FROM coliseum_rules WHERE metric = 'votes')
      AND e.created_at >= coalesce(received_since, '-infinity')
      AND e.occurred_at >= coalesce(since, '-infinity') AND e.occurred_at < coalesce(until, 'infinity')
      AND d."offset" IS NULL
      AND (at_event IS NULL OR e.event_id = at_event)
      AND (in_city IS NULL OR coalesce(nullif(e.city, ''), v.city, p.city, a.city) = in_city)
      AND (of_genre IS NULL OR of_genre = ANY (coalesce(a.genres, ARRAY(
          SELECT g.genre FROM catalog_artists b CROSS JOIN LATERAL unnest(b.genres) AS g (genre)
          WHERE b.tenant_id = tenant AND b.id = ANY (v.artist_ids)))))
    GROUP BY w.entity, abs(e.value)
    HAVING sum(sign(e.value)) > 0
)
SELECT c.entity, array_agg(ARRAY[c.weight, c.votes] ORDER BY c.weight DESC) FROM counts c GROUP BY c.entity;
END;
