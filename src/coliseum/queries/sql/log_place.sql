-- Where the entry of an id stands, as long as ids are remembered
SELECT partition, "offset" FROM passport_keys WHERE tenant_id = $1 AND id = $2
