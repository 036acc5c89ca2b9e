-- What one fan ($3: the subject) did that counts for a metric ($2: as stored), up to where the rollups have read and without
-- what was put aside: up to $11 entries behind the place $9, $10, with how many there are and what they add up to. Narrowed to
-- an artist $4, event $5, track $6, city $7, type of event $8
WITH counted AS MATERIALIZED (
    SELECT m.partition, m."offset", m.id, m.event_type, m.occurred_at, m.created_at, m.value
    FROM coliseum_metrics m
    JOIN processor_units u ON u.tenant_id = $1 AND u.consumer = 'coliseum'
    JOIN processor_cursors c ON c.tenant_id = $1 AND c.consumer = 'coliseum' AND c.generation = u.generation
        AND c.partition = m.partition AND m."offset" < c."offset"
    WHERE m.tenant_id = $1 AND m.metric = $2 AND m.kind = 'fan' AND m.entity_id = $3::bigint::text AND m.value <> 0
      AND ($4::text IS NULL OR m.artist_id = $4) AND ($5::text IS NULL OR m.event_id = $5)
      AND ($6::text IS NULL OR m.track_id = $6) AND ($7::text IS NULL OR m.city = $7)
      AND ($8::text IS NULL OR m.event_type = $8)
      AND NOT EXISTS (
          SELECT FROM processor_dead_letters d WHERE d.tenant_id = $1 AND d.consumer = 'coliseum'
             AND d.partition = m.partition AND d."offset" = m."offset"
      )
), page AS (
    SELECT * FROM counted WHERE (partition, "offset") > ($9::int, $10::bigint) ORDER BY partition, "offset" LIMIT $11
)
SELECT t.count, t.total, p.partition, p."offset", p.id, p.event_type AS type, p.occurred_at, p.created_at, p.value
FROM (SELECT count(*) AS count, coalesce(sum(value), 0)::bigint AS total FROM counted) AS t LEFT JOIN page p ON true
ORDER BY p.partition, p."offset"
