UPDATE accounts_outbox SET next_attempt_at = $2, last_error = $3 WHERE mail_id = $1
