DELETE FROM accounts_signups WHERE expires_at <= $1
