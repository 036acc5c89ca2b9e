DELETE FROM passport_keys
WHERE tenant_id = $1
  AND ctid = ANY (ARRAY(
      SELECT ctid FROM passport_keys WHERE tenant_id = $1 AND received_at < $2 LIMIT $3
  ))
