-- Of an issuer of Supabase Auth more is known than of another: which role a person's token bears.

ALTER TABLE accounts_issuers
    ADD COLUMN kind text NOT NULL DEFAULT 'oidc' CHECK (kind IN ('oidc', 'supabase'));
