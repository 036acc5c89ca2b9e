-- Entries about an event, a page of them in the order of the log. $1 tenant, $2 event, $3 types, $4 tier ('': none said;
-- NULL: any), $5 and $6 stretch of time, $7 and $8 the place that the page comes after, $9 its length, $10 whether what is
-- about the artists on the bill counts, too, $11 whether only what a fan did once more, $12 in which currency amounts are added
-- up (NULL: what counts is)
SELECT a.partition, a."offset", a.id, a.event_type AS type, a.occurred_at, a.created_at,
       CASE WHEN $12::text IS NULL THEN a.value ELSE (a.metadata ->> 'amountCents')::bigint END AS value
FROM (
    SELECT e.*, row_number() OVER (PARTITION BY e.fan ORDER BY e.occurred_at, e.partition, e."offset") AS nth
    FROM coliseum_acts($1, 'event', ARRAY[$2::text], $3::text[]) AS e
    UNION ALL
    SELECT f.*, 1 FROM coliseum_acts($1, 'artist', CASE WHEN $10 THEN
        coalesce((SELECT e.artist_ids FROM catalog_events e WHERE e.tenant_id = $1 AND e.id = $2), '{}') ELSE '{}' END,
        $3::text[]) AS f
) AS a
WHERE ($4::text IS NULL OR coalesce(a.metadata ->> 'ticketTier', '') = $4)
  AND (NOT $11::boolean OR a.nth > 1) AND ($12::text IS NULL OR a.metadata ->> 'currency' = $12)
  AND a.occurred_at >= coalesce($5::timestamptz, '-infinity') AND a.occurred_at < coalesce($6::timestamptz, 'infinity')
  AND (a.partition, a."offset") > ($7::int, $8::bigint)
ORDER BY a.partition, a."offset"
LIMIT $9
