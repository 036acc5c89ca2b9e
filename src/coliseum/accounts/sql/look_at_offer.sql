SELECT t.tenant_id, t.slug, t.name AS tenant_name, t.plan, i.invitation_id, i.email, i.role, p.person_id,
       p.email_verified_at IS NOT NULL AS person_verified, p.disabled_at IS NOT NULL AS person_disabled
FROM accounts_invitations i
JOIN accounts_tenants t USING (tenant_id)
LEFT JOIN accounts_people p ON p.email = i.email
WHERE i.secret_digest = $1 AND i.accepted_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > $2
  AND t.suspended_at IS NULL
