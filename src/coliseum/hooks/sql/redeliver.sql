-- One that is still on its way keeps its count of tries, by which whoever is sending it notes what came of it.
UPDATE hooks_deliveries
SET attempt = CASE WHEN state = 'pending' THEN attempt ELSE 0 END, state = 'pending', next_attempt_at = $3, ended_at = NULL
WHERE tenant_id = $1 AND delivery_id = $2
