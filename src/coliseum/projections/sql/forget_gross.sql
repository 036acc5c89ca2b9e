DELETE FROM coliseum_gross WHERE tenant_id = $1 AND generation = $2
