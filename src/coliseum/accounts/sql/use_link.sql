UPDATE accounts_links SET used_at = $3::timestamptz
WHERE secret_digest = $1 AND purpose = $2 AND used_at IS NULL AND revoked_at IS NULL AND expires_at > $3::timestamptz
RETURNING person_id, email
