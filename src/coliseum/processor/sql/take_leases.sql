UPDATE processor_units SET holder = $1, 
    epoch = greatest(epoch + 1, (extract(epoch FROM clock_timestamp()) * 1000)::bigint),
    expires_at = now() + make_interval(secs => $2)
WHERE (tenant_id, consumer) IN (
    SELECT tenant_id, consumer FROM processor_units
    WHERE expires_at <= now()
    ORDER BY tenant_id, consumer
    LIMIT greatest(0, $3 - (SELECT count(*) FROM processor_units WHERE holder = $1 AND expires_at > now()))
    FOR UPDATE SKIP LOCKED
)
