SELECT number, at, actor, action, target, outcome, address, detail, hash
FROM trail_entries WHERE tenant_id = $1 AND number > $2 ORDER BY number LIMIT $3
