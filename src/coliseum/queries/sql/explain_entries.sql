-- $2 stored metric, $3 kind, $4 entity, $5 and $6 window, $7 whether the event's bill counts, $8 city, $9 genre,
-- $10 event, $11 whether different fans are counted (the entries are then those of the metric behind it),
-- $12 and $13 partitions and how far they are read
WITH read AS (
    SELECT r.partition, r."offset" FROM unnest($12::int[], $13::bigint[]) AS r (partition, "offset")
), counted AS (
    SELECT m.partition, m."offset", m.id, m.event_type, m.occurred_at, m.created_at, m.value,
           m.artist_id, m.event_id, m.city, m.entity_id
    FROM coliseum_metrics m
    WHERE m.tenant_id = $1 AND m.metric = $2
      AND ($5::timestamptz IS NULL OR m.occurred_at >= $5) AND ($6::timestamptz IS NULL OR m.occurred_at < $6)
      AND CASE
          WHEN $11 THEN m.kind = 'fan'
              AND CASE $3 WHEN 'tenant' THEN true WHEN 'artist' THEN m.artist_id = $4 WHEN 'event' THEN m.event_id = $4
                          WHEN 'track' THEN m.track_id = $4 END
          WHEN $7 THEN m.kind = 'event' AND EXISTS (
              SELECT FROM catalog_events e WHERE e.tenant_id = $1 AND e.id = m.entity_id AND $4 = ANY (e.artist_ids))
          ELSE m.kind = $3 AND m.entity_id = $4
      END
), placed AS (
    SELECT f.partition, f."offset", f.id, f.event_type, f.occurred_at, f.created_at, f.value, f.entity_id
    FROM counted f
    JOIN read r ON r.partition = f.partition AND f."offset" < r."offset"
    LEFT JOIN catalog_artists a ON a.tenant_id = $1 AND a.id = CASE WHEN $7 THEN $4 ELSE f.artist_id END
    LEFT JOIN catalog_events e ON e.tenant_id = $1 AND e.id = f.event_id
    LEFT JOIN catalog_venues v ON v.tenant_id = $1 AND v.id = e.venue_id
    WHERE NOT EXISTS (
        SELECT FROM processor_dead_letters d
        WHERE d.tenant_id = $1 AND d.consumer = 'coliseum' AND d.partition = f.partition AND d."offset" = f."offset"
    )
      AND ($10::text IS NULL OR f.event_id = $10)
      AND ($8::text IS NULL OR coalesce(nullif(f.city, ''), e.city, v.city, a.city) = $8)
      AND ($9::text IS NULL OR $9 = ANY (coalesce(a.genres, ARRAY(
          SELECT g.genre FROM catalog_artists b CROSS JOIN LATERAL unnest(b.genres) AS g (genre)
          WHERE b.tenant_id = $1 AND b.id = ANY (e.artist_ids)))))
)
SELECT partition, "offset", id, event_type AS type, occurred_at, created_at, value
FROM placed
WHERE (partition, "offset") > ($14::int, $15::bigint)
ORDER BY partition, "offset"
LIMIT $16
