SELECT d.consumer, d.partition, d."offset", d.asked_at IS NOT NULL AS waiting
FROM processor_dead_letters d
JOIN unnest($2::text[], $3::smallint[], $4::bigint[]) AS w (consumer, partition, "offset")
    ON w.consumer = d.consumer AND w.partition = d.partition AND w."offset" = d."offset"
WHERE d.tenant_id = $1
