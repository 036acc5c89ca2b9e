SELECT a.id, a.name, a.picture FROM catalog_artists a WHERE a.tenant_id = $1 AND a.id = ANY ($2::text[])
