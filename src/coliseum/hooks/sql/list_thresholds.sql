SELECT name, metric, nullif(currency, '') AS currency, entity, nullif(entity_id, '') AS id, "window", value, created_by,
       created_at
FROM hooks_thresholds WHERE tenant_id = $1 ORDER BY name
