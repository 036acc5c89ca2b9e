-- The marks behind one: $1 its tenant, $2 its digest; $3 rows
SELECT tenant_id, digest, day FROM privacy_suppressed
WHERE (tenant_id, digest) > ($1, $2::bytea) ORDER BY tenant_id, digest LIMIT $3
