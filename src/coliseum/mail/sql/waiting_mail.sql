SELECT mail_id, recipient, subject, body, created_at, attempts, last_error FROM accounts_outbox
ORDER BY mail_id DESC LIMIT 100
