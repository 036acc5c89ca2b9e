SELECT t.name, t.metric, t.currency, t.entity, t.entity_id, t."window", t.value, t.open_since,
       ARRAY(SELECT c.starts_at FROM hooks_crossings c
             WHERE c.tenant_id = t.tenant_id AND c.name = t.name
               AND (t.open_since IS NULL OR c.starts_at >= t.open_since)) AS crossed
FROM hooks_thresholds t WHERE t.tenant_id = $1 ORDER BY t.name
