SELECT e.id, e.entity_type, e.entity_id, e.artist_id, e.event_id
FROM passport_keys k
JOIN passport_entries e ON e.tenant_id = k.tenant_id AND e.partition = k.partition AND e."offset" = k."offset"
WHERE k.tenant_id = $1 AND k.id = ANY ($2::text[]) AND e.event_type = 'treasury.money_spent'
