INSERT INTO capture_warnings AS w (tenant_id, day, code, event_type, count, last_message, last_at)
SELECT * FROM unnest($1::int[], $2::date[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[])
ON CONFLICT (tenant_id, day, code, event_type) DO UPDATE SET
    count = w.count + excluded.count, last_message = excluded.last_message, last_at = excluded.last_at
