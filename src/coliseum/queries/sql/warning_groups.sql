SELECT code, sum(count)::bigint AS count, min(day) AS first_day, max(last_at) AS last_at,
       array_agg(DISTINCT event_type ORDER BY event_type) AS event_types,
       (array_agg(last_message ORDER BY last_at DESC))[1] AS example,
       (array_agg(event_type ORDER BY last_at DESC))[1] AS example_type
FROM capture_warnings
WHERE tenant_id = $1 AND day > current_date - $2::int
GROUP BY code
ORDER BY last_at DESC, code
