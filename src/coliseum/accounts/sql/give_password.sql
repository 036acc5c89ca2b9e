WITH revoked AS (
    UPDATE accounts_links SET revoked_at = $3
    WHERE person_id = $1 AND purpose = 'reset_password' AND used_at IS NULL AND revoked_at IS NULL
)
UPDATE accounts_people
SET password_hash = $2, password_changed_at = $3::timestamptz,
    email_verified_at = coalesce(email_verified_at, $3::timestamptz)
WHERE person_id = $1
