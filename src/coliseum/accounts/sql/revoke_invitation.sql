UPDATE accounts_invitations SET revoked_at = $3 WHERE tenant_id = $1 AND invitation_id = $2
