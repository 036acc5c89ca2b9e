INSERT INTO catalog_artists AS current (tenant_id, id, name, genres, city, country, picture, changed_at, partition, "offset")
SELECT DISTINCT ON (entity_id)
    tenant_id,
    entity_id,
    metadata ->> 'name',
    ARRAY(SELECT jsonb_array_elements_text(coalesce(metadata -> 'genres', '[]'))),
    city,
    metadata ->> 'country',
    metadata ->> 'picture',
    occurred_at,
    partition,
    "offset"
FROM passport_entries
WHERE tenant_id = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4
  AND event_type = 'catalog.artist' AND "offset" <> ALL ($5::bigint[])
ORDER BY entity_id, occurred_at DESC, "offset" DESC
ON CONFLICT (tenant_id, id) DO UPDATE SET
    name = excluded.name,
    genres = excluded.genres,
    city = excluded.city,
    country = excluded.country,
    picture = excluded.picture,
    changed_at = excluded.changed_at,
    partition = excluded.partition,
    "offset" = excluded."offset"
WHERE (excluded.changed_at, excluded.partition, excluded."offset")
    >= (current.changed_at, current.partition, current."offset")
