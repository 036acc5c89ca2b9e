-- Only of the try that it was claimed for: when it took so long that another began, that one will note.
UPDATE hooks_deliveries
SET state = $4, next_attempt_at = $5, ended_at = $6, status = $7, failure = $8, duration_ms = $9
WHERE tenant_id = $1 AND delivery_id = $2 AND attempt = $3 AND state = 'pending'
RETURNING delivery_id
