SELECT number, at, actor, action, target, outcome, address, detail, hash
FROM trail_entries
WHERE tenant_id = $1 AND number < $2
  AND ($3::text IS NULL OR actor = $3) AND ($4::text IS NULL OR action = $4) AND ($5::text IS NULL OR outcome = $5)
  AND ($6::timestamptz IS NULL OR at >= $6) AND ($7::timestamptz IS NULL OR at < $7)
ORDER BY number DESC LIMIT $8
