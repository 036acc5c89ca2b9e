INSERT INTO catalog_events AS current (tenant_id, id, name, venue_id, city, starts_at, capacity, artist_ids, picture, changed_at, partition, "offset")
SELECT DISTINCT ON (entity_id)
    tenant_id,
    entity_id,
    metadata ->> 'name',
    metadata ->> 'venueId',
    city,
    (metadata ->> 'startsAt')::timestamptz,
    (metadata ->> 'capacity')::bigint,
    ARRAY(SELECT jsonb_array_elements_text(coalesce(metadata -> 'artistIds', '[]'))),
    metadata ->> 'picture',
    occurred_at,
    partition,
    "offset"
FROM passport_entries
WHERE tenant_id = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4
  AND event_type = 'catalog.event' AND "offset" <> ALL ($5::bigint[])
ORDER BY entity_id, occurred_at DESC, "offset" DESC
ON CONFLICT (tenant_id, id) DO UPDATE SET
    name = excluded.name,
    venue_id = excluded.venue_id,
    city = excluded.city,
    starts_at = excluded.starts_at,
    capacity = excluded.capacity,
    artist_ids = excluded.artist_ids,
    picture = excluded.picture,
    changed_at = excluded.changed_at,
    partition = excluded.partition,
    "offset" = excluded."offset"
WHERE (excluded.changed_at, excluded.partition, excluded."offset")
    >= (current.changed_at, current.partition, current."offset")
