INSERT INTO accounts_invitations (tenant_id, email, role, secret_digest, invited_by, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
RETURNING invitation_id, email, role, invited_by, created_at, expires_at, accepted_at, revoked_at
