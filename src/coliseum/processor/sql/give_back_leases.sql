UPDATE processor_units SET holder = NULL, expires_at = '-infinity'
WHERE (tenant_id, consumer) IN (
    SELECT tenant_id, consumer FROM processor_units
    WHERE holder = $1
    ORDER BY tenant_id, consumer
    OFFSET $2
    FOR UPDATE
)
