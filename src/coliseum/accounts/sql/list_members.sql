SELECT p.person_id, p.email, p.name, m.role, m.joined_at, p.totp_confirmed_at IS NOT NULL AS second_factor
FROM accounts_members m
JOIN accounts_people p USING (person_id)
WHERE m.tenant_id = $1
ORDER BY p.email
