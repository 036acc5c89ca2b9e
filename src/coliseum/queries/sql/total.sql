-- $2 stored metric, $3 kind, $4 entity, $5 grain, $6 and $7 period, which begins and ends with buckets
SELECT coalesce(sum(value), 0)::bigint FROM coliseum_entity_facts($1, $2, $3, $4, $5, $6, $7)
