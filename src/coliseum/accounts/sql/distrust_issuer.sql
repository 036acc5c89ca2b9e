DELETE FROM accounts_issuers WHERE tenant_id = $1 AND issuer = $2 RETURNING true
