SELECT DISTINCT tenant_id FROM privacy_erasures WHERE erased_at >= $1 ORDER BY tenant_id
