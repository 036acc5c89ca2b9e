SELECT issuer, kind, audience, jwks_url, algorithms, hs256_key, created_at
FROM accounts_issuers
WHERE tenant_id = $1
ORDER BY issuer
