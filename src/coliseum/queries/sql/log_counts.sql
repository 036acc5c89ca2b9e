-- What one entry adds, by metric and kind of entity
SELECT metric, kind, entity_id, value FROM coliseum_metrics
WHERE tenant_id = $1 AND partition = $2 AND "offset" = $3
ORDER BY metric, kind
