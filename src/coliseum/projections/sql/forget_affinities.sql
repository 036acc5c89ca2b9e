DELETE FROM mediaid_affinities WHERE tenant_id = $1 AND generation = $2
