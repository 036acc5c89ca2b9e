INSERT INTO hooks_thresholds (tenant_id, name, metric, currency, entity, entity_id, "window", value, open_since,
                              created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
