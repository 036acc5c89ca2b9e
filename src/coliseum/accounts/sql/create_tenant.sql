INSERT INTO accounts_tenants (tenant_id, slug, name, time_zone, currency, partitions)
OVERRIDING SYSTEM VALUE
VALUES (coliseum_tenant(), $1, $2, $3, $4, $5)
RETURNING tenant_id, slug, name, time_zone, currency, partitions, plan, array_to_string(allowed_origins, ' ') AS origins,
          consent_policy = 'opt_in' AS opt_in
