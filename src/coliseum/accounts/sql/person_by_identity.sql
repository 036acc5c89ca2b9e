SELECT i.person_id
FROM accounts_identities i
JOIN accounts_people p USING (person_id)
WHERE i.issuer = $1 AND i.foreign_subject = $2 AND p.disabled_at IS NULL
