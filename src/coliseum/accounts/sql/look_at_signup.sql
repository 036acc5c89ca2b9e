SELECT email, name, password_hash FROM accounts_signups WHERE secret_digest = $1 AND expires_at > $2
