SELECT invitation_id, email, role, invited_by, created_at, expires_at, accepted_at, revoked_at FROM accounts_invitations
WHERE tenant_id = $1 AND invitation_id = $2 AND accepted_at IS NULL AND revoked_at IS NULL FOR UPDATE
