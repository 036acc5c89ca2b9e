-- What the tenant as a whole came to, by slots of time. Reads one row an hour (or day, or month) of each metric.
-- $2 stored metrics; $3 to $5 stretches in whole buckets: grain, from, until; $6 where slots begin, in order
SELECT m.stored AS metric, width_bucket(f.bucket, $6::timestamptz[]) - 1 AS slot, sum(f.value)::bigint AS value
FROM unnest($2::text[]) AS m (stored)
CROSS JOIN unnest($3::int[], $4::timestamptz[], $5::timestamptz[]) AS s (grain, since, until)
CROSS JOIN LATERAL coliseum_entity_facts($1, m.stored, 0, 0, s.grain, s.since, s.until) AS f
GROUP BY 1, 2
