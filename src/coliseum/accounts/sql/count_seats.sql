SELECT (SELECT count(*) FROM accounts_members WHERE tenant_id = $1)
     + (SELECT count(*) FROM accounts_invitations
        WHERE tenant_id = $1 AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > $2) AS count
