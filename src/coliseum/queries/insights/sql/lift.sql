-- By day, what artists counted in the days around shows. $1 tenant, $2 stored metric, $3 whether the bill's events count,
-- $4 time zone; side by side: $5 artists, $6 where their days begin, $7 where they end
WITH bills AS MATERIALIZED (
    SELECT b.artist, b.event FROM coliseum_bills b WHERE $3 AND b.tenant_id = $1 AND b.artist = ANY ($5::bigint[])
), wanted AS (
    SELECT w.nth, w.artist, w.since, w.until
    FROM unnest($5::bigint[], $6::timestamptz[], $7::timestamptz[]) WITH ORDINALITY AS w (artist, since, until, nth)
), counted AS (
    SELECT w.nth, f.bucket, f.value
    FROM wanted w
    CROSS JOIN LATERAL coliseum_entity_facts($1, $2, 1, w.artist, 1, w.since, w.until) AS f
    UNION ALL
    SELECT w.nth, f.bucket, f.value
    FROM wanted w
    JOIN bills b ON b.artist = w.artist
    CROSS JOIN LATERAL coliseum_entity_facts($1, $2, 2, b.event, 1, w.since, w.until) AS f
)
SELECT nth, coliseum_bucket('day', bucket, $4) AS day, sum(value)::bigint AS value
FROM counted
GROUP BY 1, 2
ORDER BY 1, 2
