-- Up to $16 entries behind a number, after the place $14, $15. $1 to $13: see explain_totals.sql
SELECT partition, "offset", id, event_type AS type, occurred_at, created_at, value
FROM coliseum_counted_as_of($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
WHERE ($13::text IS NULL OR member = $13) AND (partition, "offset") > ($14::int, $15::bigint)
ORDER BY partition, "offset"
LIMIT $16
