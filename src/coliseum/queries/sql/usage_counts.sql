SELECT (SELECT count(*) FROM accounts_members m WHERE m.tenant_id = $1)
     + (SELECT count(*) FROM accounts_invitations i
        WHERE i.tenant_id = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > now()) AS seats,
       (SELECT count(*) FROM accounts_keys k
        WHERE k.tenant_id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())) AS keys,
       (SELECT count(*) FROM coliseum_boards b WHERE b.tenant_id = $1) AS declared_boards
