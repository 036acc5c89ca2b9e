-- Boards that a tenant has declared by itself, and how many fans are behind a member of a board.

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
