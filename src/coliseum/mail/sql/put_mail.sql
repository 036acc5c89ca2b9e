INSERT INTO accounts_outbox (recipient, subject, body, created_at, next_attempt_at)
VALUES ($1, $2, $3, $4::timestamptz, $4::timestamptz)
