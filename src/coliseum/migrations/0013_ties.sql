-- Members of a board that are equal stand in the order in which they reached their score. So every sum knows when the
-- last entry that changed it happened: a maximum, which no order of arrival and no roll-up changes. Sums that come to
-- nothing are kept for it. The tables are made anew from the log.
-- A board's window is given as spans, each of one grain, so that any range of hours is read from few rows.

DROP FUNCTION coliseum_board_totals(int, text, int, int, timestamptz, timestamptz, boolean, text, text, text);
DROP FUNCTION coliseum_facts(int, text, int, int, timestamptz, timestamptz);

TRUNCATE coliseum_hours, coliseum_rollups, coliseum_fan_hours, coliseum_gross;
ALTER TABLE coliseum_hours ADD COLUMN last_at timestamptz NOT NULL;
ALTER TABLE coliseum_rollups ADD COLUMN last_at timestamptz NOT NULL;
ALTER TABLE coliseum_fan_hours ADD COLUMN last_at timestamptz NOT NULL;

CREATE FUNCTION coliseum_facts(
    tenant int, stored_metric text, of_kind int, of_grain int, since timestamptz, until timestamptz
) RETURNS TABLE (bucket timestamptz, entity bigint, artist int, event int, city int, value bigint, last_at timestamptz)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT r.bucket, r.entity::bigint, r.artist, r.event, r.city, r.value, r.last_at
    FROM coliseum_rollups r
    WHERE r.tenant_id = tenant AND r.generation = (SELECT coliseum_generation(tenant))
      AND r.metric = (SELECT coliseum_metric(tenant, stored_metric)) AND r.kind = of_kind AND r.grain = of_grain
      AND r.bucket >= coalesce(since, '-infinity') AND r.bucket < coalesce(until, 'infinity')
    UNION ALL
    SELECT i.hour, i.entity::bigint, i.artist, i.event, i.city, i.value, i.last_at
    FROM coliseum_hours i
    WHERE i.tenant_id = tenant AND i.generation = (SELECT coliseum_generation(tenant))
      AND i.metric = (SELECT coliseum_metric(tenant, stored_metric)) AND i.kind = of_kind
      AND i.hour >= coalesce(since, '-infinity') AND i.hour < coalesce(until, 'infinity')
    UNION ALL
    SELECT f.hour, f.fan, f.artist, f.event, f.city, f.value, f.last_at
    FROM coliseum_fan_hours f
    WHERE of_kind = 3 AND f.tenant_id = tenant AND f.generation = (SELECT coliseum_generation(tenant))
      AND f.metric = (SELECT coliseum_metric(tenant, stored_metric))
      AND f.hour >= coalesce(since, '-infinity') AND f.hour < coalesce(until, 'infinity');
END;

-- What every member of a board comes to, those whose sum is nothing included, and when it changed last.
CREATE FUNCTION coliseum_board_sums(
    tenant int, stored_metric text, of_kind int, grains int[], sinces timestamptz[], untils timestamptz[],
    with_bill boolean, in_city text, of_genre text, at_event text
) RETURNS TABLE (entity bigint, value bigint, last_at timestamptz)
    LANGUAGE sql STABLE SET enable_nestloop = off
BEGIN ATOMIC
    WITH facts AS (
        SELECT r.entity, r.artist, r.event, r.city, r.value, r.last_at
        FROM unnest(grains, sinces, untils) AS s (grain, since, until)
        CROSS JOIN LATERAL coliseum_facts(tenant, stored_metric, of_kind, s.grain, s.since, s.until) AS r
        UNION ALL
        SELECT b.artist, b.artist, r.event, r.city, r.value, r.last_at
        FROM unnest(grains, sinces, untils) AS s (grain, since, until)
        CROSS JOIN LATERAL coliseum_facts(tenant, stored_metric, 2, s.grain, s.since, s.until) AS r
        JOIN coliseum_bills b ON b.tenant_id = tenant AND b.event = r.event
        WHERE with_bill
    )
    SELECT f.entity, sum(f.value)::bigint AS value, max(f.last_at) AS last_at
    FROM facts f
    LEFT JOIN coliseum_artist_places ap ON ap.tenant_id = tenant AND ap.artist = f.artist
    LEFT JOIN coliseum_event_places ep ON ep.tenant_id = tenant AND ep.event = f.event
    LEFT JOIN coliseum_names nc ON nc.tenant_id = tenant AND nc.num = f.city
    LEFT JOIN coliseum_names nv ON nv.tenant_id = tenant AND nv.num = f.event
    WHERE (in_city IS NULL OR coalesce(nc.id, ep.city, ap.city) = in_city)
      AND (of_genre IS NULL OR of_genre = ANY (coalesce(ap.genres, ep.genres)))
      AND (at_event IS NULL OR nv.id = at_event)
    GROUP BY f.entity;
END;

CREATE FUNCTION coliseum_board_totals(
    tenant int, stored_metric text, of_kind int, of_grain int, since timestamptz, until timestamptz,
    with_bill boolean, in_city text, of_genre text, at_event text
) RETURNS TABLE (entity bigint, value bigint, last_at timestamptz)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT s.entity, s.value, s.last_at
    FROM coliseum_board_sums(tenant, stored_metric, of_kind, ARRAY[of_grain], ARRAY[since], ARRAY[until], with_bill,
                             in_city, of_genre, at_event) AS s
    WHERE s.value <> 0;
END;

-- The place of a member among those of the same score: the milliseconds since base at which it was reached, as exactly
-- as bits beside the score leave room in 53 (see coliseum.boards.ties).
CREATE FUNCTION coliseum_tie_order(value bigint, last_at timestamptz, base timestamptz, bits int) RETURNS bigint
    LANGUAGE sql STABLE
RETURN CASE
    WHEN bits = 0 OR abs(value) >= 1::bigint << 77 - bits THEN 0
    ELSE div(
        least(greatest(floor(extract(epoch FROM last_at - base) * 1000), 0), (1::bigint << bits) - 1)::bigint,
        CASE WHEN abs(value) < 1::bigint << 53 - bits THEN 1
             WHEN abs(value) < 1::bigint << 61 - bits THEN 256
             WHEN abs(value) < 1::bigint << 69 - bits THEN 65536
             ELSE 16777216 END
    )::bigint
END;

-- A board as it stood when the log had been read up to these offsets: from the log itself, with the catalogue of today.
CREATE FUNCTION coliseum_board_as_of(
    tenant int, stored_metric text, of_kind int, since timestamptz, until timestamptz, with_bill boolean, fans boolean,
    in_city text, of_genre text, at_event text, partitions int[], offsets bigint[]
) RETURNS TABLE (entity bigint, value bigint, last_at timestamptz)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH kinds (num, name) AS (
        VALUES (0, 'tenant'), (1, 'artist'), (2, 'event'), (3, 'fan'), (4, 'track'), (5, 'city'), (6, 'venue'),
               (7, 'leaderboard'), (8, 'report')
    ), counted AS (
        SELECT m.occurred_at, m.value, m.entity_id AS counted_for, m.event_id, m.city,
               CASE WHEN with_bill THEN billed.id
                    WHEN fans THEN CASE of_kind WHEN 1 THEN m.artist_id WHEN 2 THEN m.event_id WHEN 4 THEN m.track_id END
                    ELSE m.entity_id END AS member,
               CASE WHEN with_bill THEN billed.id ELSE m.artist_id END AS by_artist
        FROM unnest(partitions, offsets) AS read (partition, upto)
        JOIN coliseum_metrics m ON m.tenant_id = tenant AND m.partition = read.partition AND m."offset" < read.upto
        LEFT JOIN LATERAL (
            SELECT DISTINCT unnest(e.artist_ids) AS id FROM catalog_events e
            WHERE with_bill AND e.tenant_id = tenant AND e.id = m.event_id
        ) AS billed ON true
        WHERE m.metric = stored_metric
          AND m.kind = CASE WHEN with_bill THEN 'event' WHEN fans THEN 'fan'
                            ELSE (SELECT k.name FROM kinds k WHERE k.num = of_kind) END
          AND m.occurred_at >= coalesce(since, '-infinity') AND m.occurred_at < coalesce(until, 'infinity')
          AND m.value <> 0
          AND NOT EXISTS (
              SELECT FROM processor_dead_letters d WHERE d.tenant_id = tenant AND d.consumer = 'coliseum'
                 AND d.partition = m.partition AND d."offset" = m."offset"
          )
    ), placed AS (
        SELECT c.member, c.counted_for, c.value, c.occurred_at
        FROM counted c
        LEFT JOIN catalog_artists a ON a.tenant_id = tenant AND a.id = c.by_artist
        LEFT JOIN catalog_events e ON e.tenant_id = tenant AND e.id = c.event_id
        LEFT JOIN catalog_venues v ON v.tenant_id = tenant AND v.id = e.venue_id
        WHERE c.member <> ''
          AND (at_event IS NULL OR c.event_id = at_event)
          AND (in_city IS NULL OR coalesce(nullif(c.city, ''), e.city, v.city, a.city) = in_city)
          AND (of_genre IS NULL OR of_genre = ANY (coalesce(a.genres, ARRAY(
              SELECT g.genre FROM catalog_artists b CROSS JOIN LATERAL unnest(b.genres) AS g (genre)
              WHERE b.tenant_id = tenant AND b.id = ANY (e.artist_ids)))))
    ), scores AS (
        SELECT p.member, sum(p.value)::bigint AS value, max(p.occurred_at) AS last_at
        FROM placed p WHERE NOT fans GROUP BY p.member
        UNION ALL
        SELECT u.member, count(*), NULL
        FROM (SELECT p.member FROM placed p WHERE fans GROUP BY p.member, p.counted_for HAVING sum(p.value) > 0) AS u
        GROUP BY u.member
    )
    SELECT s.member::bigint, s.value, s.last_at FROM scores s WHERE of_kind = 3
    UNION ALL
    SELECT n.num, s.value, s.last_at
    FROM scores s
    JOIN coliseum_names n ON n.tenant_id = tenant AND n.kind = (SELECT k.name FROM kinds k WHERE k.num = of_kind)
        AND n.id = s.member
    WHERE of_kind <> 3;
END;

-- The members of a board with their scores. partitions and offsets: as it stood there; NULL: as the rollups have it.
CREATE FUNCTION coliseum_board_scores(
    tenant int, stored_metric text, of_kind int, grains int[], sinces timestamptz[], untils timestamptz[],
    with_bill boolean, fans boolean, in_city text, of_genre text, at_event text, partitions int[], offsets bigint[]
) RETURNS TABLE (entity bigint, value bigint, last_at timestamptz)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT s.entity, s.value, s.last_at
    FROM coliseum_board_sums(tenant, stored_metric, of_kind, grains, sinces, untils, with_bill, in_city, of_genre,
                             at_event) AS s
    WHERE NOT fans AND partitions IS NULL AND s.value <> 0
    UNION ALL
    SELECT u.entity, u.value, NULL
    FROM coliseum_board_uniques(tenant, stored_metric, of_kind, sinces[1], untils[cardinality(untils)], in_city,
                                of_genre, at_event) AS u
    WHERE fans AND partitions IS NULL AND u.value <> 0
    UNION ALL
    SELECT a.entity, a.value, a.last_at
    FROM coliseum_board_as_of(tenant, stored_metric, of_kind, sinces[1], untils[cardinality(untils)], with_bill,
                              fans, in_city, of_genre, at_event, partitions, offsets) AS a
    WHERE partitions IS NOT NULL AND a.value <> 0;
END;

-- The members of a board in their order. rank: 1, 2, 2, 4; dense: 1, 2, 2, 3; place: 1, 2, 3, 4. better: the next
-- better score. partitions and offsets: see coliseum_board_scores. All members are put in order for it, which takes longer
-- than adding them up: a page does not need it (page.sql).
CREATE FUNCTION coliseum_ranked(
    tenant int, stored_metric text, of_kind int, grains int[], sinces timestamptz[], untils timestamptz[],
    with_bill boolean, fans boolean, in_city text, of_genre text, at_event text, base timestamptz, bits int,
    partitions int[], offsets bigint[]
) RETURNS TABLE (entity bigint, value bigint, tie bigint, rank bigint, dense bigint, place bigint, better bigint,
                 members bigint)
    LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH ordered AS (
        SELECT s.entity, s.value, coliseum_tie_order(s.value, s.last_at, base, bits) AS tie
        FROM coliseum_board_scores(tenant, stored_metric, of_kind, grains, sinces, untils, with_bill, fans, in_city,
                                   of_genre, at_event, partitions, offsets) AS s
    )
    SELECT o.entity, o.value, o.tie, rank() OVER same, dense_rank() OVER same,
           row_number() OVER (ORDER BY o.value DESC, o.tie, o.entity),
           min(o.value) OVER (ORDER BY o.value DESC GROUPS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
           count(*) OVER ()
    FROM ordered o
    WINDOW same AS (ORDER BY o.value DESC);
END;

-- The tables are filled again by the ordinary steps.
DELETE FROM processor_cursors c USING processor_units u
WHERE c.tenant_id = u.tenant_id AND c.consumer = u.consumer AND c.generation <> u.generation
  AND c.consumer = 'coliseum';
UPDATE processor_cursors SET "offset" = 0 WHERE consumer = 'coliseum';
UPDATE processor_units SET edition = edition + 1 WHERE consumer = 'coliseum';
