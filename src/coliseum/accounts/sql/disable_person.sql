UPDATE accounts_people SET disabled_at = coalesce(disabled_at, $2) WHERE email = $1
RETURNING person_id, email, name, created_at, email_verified_at, disabled_at
