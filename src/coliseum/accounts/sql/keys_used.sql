UPDATE accounts_keys k
SET last_used_at = seen.at
FROM unnest($1::int[], $2::bigint[], $3::timestamptz[]) AS seen (tenant_id, key_id, at)
WHERE k.tenant_id = seen.tenant_id AND k.key_id = seen.key_id
  AND (k.last_used_at IS NULL OR k.last_used_at < seen.at)
