-- How often a metric was counted for an event, of all time: by months, and the hours that are not in them yet.
SELECT coalesce(sum(f.value), 0)::bigint
FROM coliseum_names n
CROSS JOIN LATERAL coliseum_entity_facts(
    $1, 'attendance', 2, n.num, 3, '-infinity'::timestamptz, 'infinity'::timestamptz
) AS f
WHERE n.tenant_id = $1 AND n.kind = 'event' AND n.id = $2
