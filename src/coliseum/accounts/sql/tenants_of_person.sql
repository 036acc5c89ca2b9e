SELECT tenant_id FROM accounts_members WHERE person_id = $1 ORDER BY tenant_id
