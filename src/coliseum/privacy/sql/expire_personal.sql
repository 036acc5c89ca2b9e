-- Personal fields of entries of tenant $1 that were received before $2: at most $3 of them
DELETE FROM passport_personal
WHERE tenant_id = $1 AND (partition, "offset") IN (
    SELECT p.partition, p."offset"
    FROM passport_personal p
    JOIN passport_entries e ON e.tenant_id = $1 AND e.partition = p.partition AND e."offset" = p."offset"
    WHERE p.tenant_id = $1 AND e.created_at < $2
    LIMIT $3
)
