SELECT e.artist_id
FROM passport_keys k
CROSS JOIN LATERAL (  -- by its whole key, whatever the statistics say
    SELECT * FROM passport_entries
    WHERE tenant_id = k.tenant_id AND partition = k.partition AND "offset" = k."offset" OFFSET 0
) e
WHERE k.tenant_id = $1 AND k.id = $2
