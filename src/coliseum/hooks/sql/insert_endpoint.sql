INSERT INTO hooks_endpoints (tenant_id, endpoint_id, url, description, topics, boards, secret, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
