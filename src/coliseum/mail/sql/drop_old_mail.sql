DELETE FROM accounts_outbox WHERE created_at <= $1
