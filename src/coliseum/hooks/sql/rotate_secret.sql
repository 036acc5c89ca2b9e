-- $3 the new secret; $4 until when the present one signs as well, if at all
UPDATE hooks_endpoints
SET secret = $3, previous_secret = CASE WHEN $4::timestamptz IS NOT NULL THEN secret END, previous_until = $4
WHERE tenant_id = $1 AND endpoint_id = $2
