DELETE FROM accounts_outbox WHERE mail_id = $1
