SELECT day, code, event_type, count, last_message, last_at
FROM capture_warnings
WHERE tenant_id = $1 AND day > current_date - $2::int
ORDER BY last_at DESC, code, event_type
LIMIT 1000
