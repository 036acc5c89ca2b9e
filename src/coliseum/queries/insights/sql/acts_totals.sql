-- Of the same entries as acts.sql: how many, what they add up to, and of how many fans. $1 to $6: see there; $7: its $10
SELECT count(*) AS count, coalesce(sum(a.value), 0)::bigint AS value, count(DISTINCT a.fan) AS fans
FROM (
    SELECT * FROM coliseum_acts($1, 'event', ARRAY[$2::text], $3::text[])
    UNION ALL
    SELECT * FROM coliseum_acts($1, 'artist', CASE WHEN $7 THEN
        coalesce((SELECT e.artist_ids FROM catalog_events e WHERE e.tenant_id = $1 AND e.id = $2), '{}') ELSE '{}' END,
        $3::text[])
) AS a
WHERE ($4::text IS NULL OR coalesce(a.metadata ->> 'ticketTier', '') = $4)
  AND a.occurred_at >= coalesce($5::timestamptz, '-infinity') AND a.occurred_at < coalesce($6::timestamptz, 'infinity')
