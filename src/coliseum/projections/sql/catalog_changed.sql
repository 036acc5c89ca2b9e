SELECT EXISTS (
    SELECT FROM passport_entries
    WHERE tenant_id = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4 AND event_category = 'catalog'
)
