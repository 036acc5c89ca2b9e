DELETE FROM accounts_members WHERE tenant_id = $1 AND person_id = $2
