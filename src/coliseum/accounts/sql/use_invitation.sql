UPDATE accounts_invitations SET accepted_at = $3::timestamptz
WHERE tenant_id = $1 AND secret_digest = $2 AND accepted_at IS NULL AND revoked_at IS NULL
  AND expires_at > $3::timestamptz
