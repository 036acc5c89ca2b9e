-- $2 stored metric, $3 kind, $4 entity, $5 to $7 the window in spans of one grain each, $8 whether the bill's events count
SELECT coalesce(sum(counted.value), 0)::bigint
FROM unnest($5::int[], $6::timestamptz[], $7::timestamptz[]) AS s (grain, since, until)
CROSS JOIN LATERAL (
    SELECT f.value
    FROM coliseum_entity_facts($1, $2, $3, $4, s.grain, coalesce(s.since, '-infinity'), coalesce(s.until, 'infinity')) AS f
    UNION ALL
    SELECT f.value
    FROM coliseum_bills b
    CROSS JOIN LATERAL coliseum_entity_facts(
        $1, $2, 2, b.event, s.grain, coalesce(s.since, '-infinity'), coalesce(s.until, 'infinity')) AS f
    WHERE $8 AND b.tenant_id = $1 AND b.artist = $4
) AS counted
