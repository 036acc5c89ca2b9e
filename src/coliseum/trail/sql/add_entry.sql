WITH added AS (
    INSERT INTO trail_entries (tenant_id, number, at, actor, action, target, outcome, address, detail, hash)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
)
UPDATE trail_heads SET number = $2, hash = $10 WHERE tenant_id = $1
