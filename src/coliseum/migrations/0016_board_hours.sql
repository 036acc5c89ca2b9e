-- What boards that weigh or compare hours are made of: what each member counted, hour by hour, with the bill and the
-- filters of coliseum_board_totals. Any number of rows for a member and hour, whose sum counts. `until` is not included.
-- It becomes part of the statement that asks, so that without filters no place is looked up; that statement rules out
-- loops, for which see 0006_boards.sql. Generation and metric are found once, however the tables are then read: as bare
-- calls they are made for each row that no index was used for (measured: 20 us a row).
CREATE FUNCTION coliseum_board_hours(
    tenant int, stored_metric text, of_kind int, since timestamptz, until timestamptz, with_bill boolean,
    in_city text, of_genre text, at_event text
) RETURNS TABLE (entity bigint, bucket timestamptz, value bigint)
    LANGUAGE sql STABLE
BEGIN ATOMIC
WITH facts AS NOT MATERIALIZED (
    SELECT r.kind, r.entity::bigint AS entity, r.bucket, r.artist, r.event, r.city, r.value
    FROM coliseum_rollups r
    WHERE r.tenant_id = tenant AND r.generation = (SELECT coliseum_generation(tenant))
      AND r.metric = (SELECT coliseum_metric(tenant, stored_metric)) AND r.grain = 0
      AND r.bucket >= since AND r.bucket < until
    UNION ALL
    SELECT i.kind, i.entity::bigint, i.hour, i.artist, i.event, i.city, i.value
    FROM coliseum_hours i
    WHERE i.tenant_id = tenant AND i.generation = (SELECT coliseum_generation(tenant))
      AND i.metric = (SELECT coliseum_metric(tenant, stored_metric)) AND i.hour >= since AND i.hour < until
    UNION ALL
    SELECT 3::smallint, f.fan, f.hour, f.artist, f.event, f.city, f.value
    FROM coliseum_fan_hours f
    WHERE f.tenant_id = tenant AND f.generation = (SELECT coliseum_generation(tenant))
      AND f.metric = (SELECT coliseum_metric(tenant, stored_metric)) AND f.hour >= since AND f.hour < until
), counted AS NOT MATERIALIZED (
    SELECT x.entity, x.bucket, x.artist, x.event, x.city, x.value
    FROM facts x
    WHERE x.kind = of_kind
    UNION ALL
    SELECT b.artist, x.bucket, b.artist::int, x.event, x.city, x.value
    FROM facts x
    JOIN coliseum_bills b ON b.tenant_id = tenant AND b.event = x.event
    WHERE with_bill AND x.kind = 2
)
SELECT c.entity, c.bucket, c.value
FROM counted c
WHERE in_city IS NULL AND of_genre IS NULL AND at_event IS NULL
UNION ALL
SELECT c.entity, c.bucket, c.value
FROM counted c
LEFT JOIN coliseum_artist_places ap ON ap.tenant_id = tenant AND ap.artist = c.artist
LEFT JOIN coliseum_event_places ep ON ep.tenant_id = tenant AND ep.event = c.event
LEFT JOIN coliseum_names nc ON nc.tenant_id = tenant AND nc.num = c.city
LEFT JOIN coliseum_names nv ON nv.tenant_id = tenant AND nv.num = c.event
WHERE (in_city IS NOT NULL OR of_genre IS NOT NULL OR at_event IS NOT NULL)
  AND (in_city IS NULL OR coalesce(nc.id, ep.city, ap.city) = in_city)
  AND (of_genre IS NULL OR of_genre = ANY (coalesce(ap.genres, ep.genres)))
  AND (at_event IS NULL OR nv.id = at_event);
END;
