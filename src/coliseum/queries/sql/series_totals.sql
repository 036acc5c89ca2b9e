-- $2 stored metric, $3 kind, $4 entity, $5 grain, $6 and $7 period, $8 whether the bill's events count, $9 time zone
SELECT coliseum_bucket($10, bucket, $9) AS bucket, sum(value)::bigint AS value
FROM (
    SELECT f.bucket, f.value
    FROM coliseum_entity_facts($1, $2, $3, $4, $5, $6, $7) AS f
    UNION ALL
    SELECT f.bucket, f.value
    FROM coliseum_bills b
    CROSS JOIN LATERAL coliseum_entity_facts($1, $2, 2, b.event, $5, $6, $7) AS f
    WHERE $8 AND b.tenant_id = $1 AND b.artist = $4
) AS counted
GROUP BY 1
