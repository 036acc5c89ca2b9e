SELECT issuer, foreign_subject, person_id, created_at
FROM accounts_identities
WHERE person_id = $1
ORDER BY created_at, issuer, foreign_subject
