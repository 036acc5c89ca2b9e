UPDATE accounts_outbox SET attempts = attempts + 1, next_attempt_at = $2
WHERE mail_id = (
    SELECT mail_id FROM accounts_outbox WHERE next_attempt_at <= $1
    ORDER BY next_attempt_at, mail_id LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING mail_id, recipient, subject, body, created_at, attempts, last_error
