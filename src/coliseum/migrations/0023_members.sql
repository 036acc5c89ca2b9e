-- People who have asked for an account, until they show that the e-mail address is theirs: nobody exists before that,
-- and what one has sent is not what another confirms.
CREATE TABLE accounts_signups (
    secret_digest bytea PRIMARY KEY,
    email text NOT NULL CHECK (email = lower(email) AND length(email) BETWEEN 3 AND 254),
    name text NOT NULL CHECK (length(name) <= 100),
    password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at)
);
SELECT coliseum_protect_people('accounts_signups');
GRANT SELECT, INSERT, DELETE ON accounts_signups TO coliseum_accounts;

-- Of the mail that is due, the oldest first.
CREATE INDEX accounts_outbox_due ON accounts_outbox (next_attempt_at, mail_id);
