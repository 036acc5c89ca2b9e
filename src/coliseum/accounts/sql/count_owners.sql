SELECT count(*) AS count
FROM accounts_members m
JOIN accounts_people p USING (person_id)
WHERE m.tenant_id = $1 AND m.role = 'owner' AND m.person_id <> $2 AND p.disabled_at IS NULL
