DELETE FROM stadium_votings WHERE tenant_id = $1 AND name = $2
