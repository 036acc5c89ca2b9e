SELECT person_id, email, name, created_at, email_verified_at, disabled_at FROM accounts_people
WHERE person_id = $1 FOR UPDATE
