DELETE FROM accounts_signups WHERE email = $1
