UPDATE accounts_links SET revoked_at = $3
WHERE person_id = $1 AND purpose = $2 AND used_at IS NULL AND revoked_at IS NULL
