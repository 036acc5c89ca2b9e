-- Of the same entries as acts.sql: how many, what they add up to, and of how many fans. $1 to $6: see there; $7 to $9: its $10 to $12
SELECT count(*) AS count, count(DISTINCT a.fan) AS fans,
       coalesce(sum(CASE WHEN $9::text IS NULL THEN a.value ELSE (a.metadata ->> 'amountCents')::bigint END), 0)::bigint AS value
FROM (
    SELECT e.*, row_number() OVER (PARTITION BY e.fan ORDER BY e.occurred_at, e.partition, e."offset") AS nth
    FROM coliseum_acts($1, 'event', ARRAY[$2::text], $3::text[]) AS e
    UNION ALL
    SELECT f.*, 1 FROM coliseum_acts($1, 'artist', CASE WHEN $7 THEN
        coalesce((SELECT e.artist_ids FROM catalog_events e WHERE e.tenant_id = $1 AND e.id = $2), '{}') ELSE '{}' END,
        $3::text[]) AS f
) AS a
WHERE ($4::text IS NULL OR coalesce(a.metadata ->> 'ticketTier', '') = $4)
  AND (NOT $8::boolean OR a.nth > 1) AND ($9::text IS NULL OR a.metadata ->> 'currency' = $9)
  AND a.occurred_at >= coalesce($5::timestamptz, '-infinity') AND a.occurred_at < coalesce($6::timestamptz, 'infinity')
