-- A tenant says for how long what is about people is kept; of whom nothing was heard for longer, nobody knows any more.

-- How far that was done. months: what was set then. cutoff: whoever was heard of last before it is nobody any more.
-- ran_at: when, by the clock of whoever did it.
CREATE TABLE privacy_retention (
    tenant_id int PRIMARY KEY REFERENCES accounts_tenants,
    months smallint NOT NULL CHECK (months BETWEEN 1 AND 120),
    cutoff timestamptz NOT NULL,
    ran_at timestamptz NOT NULL
);
SELECT coliseum_protect('privacy_retention');
GRANT SELECT ON privacy_retention TO coliseum_processor, coliseum_app;
-- Who has said no is kept, so that it is known.
GRANT SELECT ON privacy_consents TO coliseum_processor;
