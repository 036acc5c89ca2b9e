DELETE FROM accounts_signups WHERE secret_digest = $1 AND expires_at > $2 RETURNING email, name, password_hash
