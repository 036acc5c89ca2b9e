SELECT person_id, email, name, created_at, email_verified_at, disabled_at FROM accounts_people WHERE email = $1
