INSERT INTO accounts_issuers (tenant_id, issuer, kind, audience, jwks_url, algorithms, hs256_key)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (tenant_id, issuer) DO UPDATE
SET kind = excluded.kind, audience = excluded.audience, jwks_url = excluded.jwks_url,
    algorithms = excluded.algorithms, hs256_key = excluded.hs256_key
RETURNING issuer, kind, audience, jwks_url, algorithms, hs256_key, created_at
