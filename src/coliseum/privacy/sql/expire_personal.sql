-- Personal fields of entries of tenant $1 that were received before $2, and not before $3, up to which it was done
DELETE FROM passport_personal p USING passport_entries e
WHERE p.tenant_id = $1 AND e.tenant_id = $1 AND e.partition = p.partition AND e."offset" = p."offset"
  AND e.created_at < $2 AND e.created_at >= $3
