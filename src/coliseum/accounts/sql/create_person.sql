INSERT INTO accounts_people (email, name, password_hash, password_changed_at, created_at, email_verified_at)
VALUES ($1, $2, $3::text, CASE WHEN $3::text IS NULL THEN NULL ELSE $4::timestamptz END, $4::timestamptz, $5)
ON CONFLICT (email) DO NOTHING
RETURNING person_id, email, name, created_at, email_verified_at, disabled_at
