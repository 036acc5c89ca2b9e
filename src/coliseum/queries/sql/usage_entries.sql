-- The entries behind a day's rows. Their offsets say where in the log to look; the instants, in which part of it.
-- $2 day, $3 category and $4 source where they are given, $5 and $6 where the day begins and ends, $7 and $8 partition
-- and offset behind which the page begins, $9 its length
WITH spans AS (
    SELECT d.partition, min(d.first_offset) AS first, max(d.last_offset) AS last
    FROM processor_units u
    JOIN usage_days d ON d.tenant_id = u.tenant_id AND d.generation = u.generation
    WHERE u.tenant_id = $1 AND u.consumer = 'usage' AND d.day = $2::date
      AND ($3::text IS NULL OR d.category = $3) AND ($4::text IS NULL OR d.source = $4)
    GROUP BY d.partition
)
SELECT e.partition, e."offset", e.id, e.event_type AS type, e.source, e.created_at
FROM spans s
CROSS JOIN LATERAL (
    SELECT p.partition, p."offset", p.id, p.event_type, p.source, p.created_at
    FROM passport_entries p
    WHERE p.tenant_id = $1 AND p.partition = s.partition
      AND p."offset" BETWEEN CASE WHEN s.partition = $7::int THEN greatest(s.first, $8::bigint + 1) ELSE s.first END
                         AND s.last
      AND p.created_at >= $5 AND p.created_at < $6
      AND ($3::text IS NULL OR p.event_category = $3) AND ($4::text IS NULL OR p.source = $4)
      AND NOT EXISTS (
          SELECT FROM processor_dead_letters l
          WHERE l.tenant_id = $1 AND l.consumer = 'usage' AND l.partition = p.partition AND l."offset" = p."offset")
    ORDER BY p."offset"
    LIMIT $9::int
) e
WHERE s.partition >= $7::int
ORDER BY e.partition, e."offset"
LIMIT $9::int
