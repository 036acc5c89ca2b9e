INSERT INTO accounts_identities (issuer, foreign_subject, person_id)
VALUES ($1, $2, $3)
ON CONFLICT (issuer, foreign_subject) DO NOTHING
RETURNING true
