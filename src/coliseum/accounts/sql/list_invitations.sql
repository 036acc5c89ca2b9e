SELECT invitation_id, email, role, invited_by, created_at, expires_at, accepted_at, revoked_at FROM accounts_invitations
WHERE tenant_id = $1 ORDER BY invitation_id DESC LIMIT 1000
