SELECT p.person_id, p.email, p.name, p.email_verified_at IS NOT NULL AS email_verified,
       p.totp_confirmed_at IS NOT NULL AS has_second_factor,
       ARRAY(
           SELECT jsonb_build_object(
               'tenant_id', t.tenant_id, 'slug', t.slug, 'name', t.name, 'time_zone', t.time_zone,
               'currency', t.currency, 'partitions', t.partitions, 'plan', t.plan, 'role', m.role,
               'origins', array_to_string(t.allowed_origins, ' '), 'opt_in', t.consent_policy = 'opt_in',
               'second_factor_required', t.second_factor_required, 'suspended', t.suspended_at IS NOT NULL
           )
           FROM accounts_members m
           JOIN accounts_tenants t USING (tenant_id)
           WHERE m.person_id = p.person_id
           ORDER BY t.slug
       ) AS memberships
FROM accounts_identities i
JOIN accounts_people p USING (person_id)
WHERE i.issuer = $1 AND i.foreign_subject = $2 AND p.disabled_at IS NULL
