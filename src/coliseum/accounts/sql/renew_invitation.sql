UPDATE accounts_invitations SET secret_digest = $3, expires_at = $4 WHERE tenant_id = $1 AND invitation_id = $2
RETURNING invitation_id, email, role, invited_by, created_at, expires_at, accepted_at, revoked_at
