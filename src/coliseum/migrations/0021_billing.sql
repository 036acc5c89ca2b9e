-- What Stripe has told, and what was made of it: plans of tenants, payments in the log, usage that was reported.

-- An event of Stripe, as it was signed. It belongs to no tenant until it is applied. next_attempt_at is also the lease
-- of the process that applies it. object_id and object_status outlive the body, which is erased once it is of no use.
CREATE TABLE billing_stripe_events (
    event_id text PRIMARY KEY CHECK (length(event_id) BETWEEN 1 AND 255),
    type text NOT NULL CHECK (length(type) <= 255),
    created timestamptz NOT NULL,
    live boolean NOT NULL,
    account text,
    object_id text,
    object_status text,
    body bytea CHECK (body IS NOT NULL OR state <> 'stored'),
    received_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('stored', 'applied', 'ignored', 'unmatched', 'failed')),
    reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 300),
    attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    next_attempt_at timestamptz NOT NULL,
    done_at timestamptz CHECK ((state = 'stored') = (done_at IS NULL))
);
CREATE INDEX billing_stripe_events_due ON billing_stripe_events (next_attempt_at) WHERE state = 'stored';
CREATE INDEX billing_stripe_events_object ON billing_stripe_events (object_id, created);
CREATE INDEX billing_stripe_events_done ON billing_stripe_events (done_at) WHERE body IS NOT NULL;

-- The customer that a tenant is for Stripe. generation rises when the customer was deleted there and another is made.
CREATE TABLE billing_customers (
    tenant_id int PRIMARY KEY REFERENCES accounts_tenants,
    customer_id text UNIQUE CHECK (length(customer_id) BETWEEN 1 AND 255),
    generation int NOT NULL DEFAULT 1 CHECK (generation > 0)
);

-- Connected accounts: whose payments and transfers are a tenant's.
CREATE TABLE billing_accounts (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    account_id text NOT NULL UNIQUE CHECK (account_id ~ '^acct_[A-Za-z0-9_]{1,100}$'),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, account_id)
);

-- A subscription as its newest object says. over: it gives no plan any more, so that the clock need not look at it.
CREATE TABLE billing_subscriptions (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    subscription_id text NOT NULL CHECK (length(subscription_id) BETWEEN 1 AND 255),
    price_id text NOT NULL,
    plan text CHECK (plan IN ('basic', 'pro', 'enterprise')),
    status text NOT NULL CHECK (length(status) <= 50),
    current_period_end timestamptz,
    cancel_at_period_end boolean NOT NULL,
    grace_until timestamptz,
    object_created timestamptz NOT NULL,
    newest_created timestamptz NOT NULL,
    newest_event text NOT NULL,
    updated_at timestamptz NOT NULL,
    over boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant_id, subscription_id)
);

-- A payment, refund or transfer that is an event in the log, or is about to be: log_id is fixed before it is sent there.
CREATE TABLE billing_objects (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    object_id text NOT NULL CHECK (length(object_id) BETWEEN 1 AND 255),
    log_id text NOT NULL,
    done_at timestamptz,
    PRIMARY KEY (tenant_id, object_id)
);

-- What a tenant's money moved by and nobody knows for whom: to be mended in Stripe, and tried again.
CREATE TABLE billing_unmatched (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    event_id text NOT NULL,
    object_id text NOT NULL,
    type text NOT NULL,
    reason text NOT NULL CHECK (length(reason) <= 300),
    amount bigint,
    currency text,
    seen_at timestamptz NOT NULL,
    resolved_at timestamptz,
    PRIMARY KEY (tenant_id, event_id, object_id)
);

-- Usage told to Stripe's meter, each time only what is new. unknown: it was not answered while Stripe would still have
-- known its identifier, so that it is not sent again.
CREATE TABLE billing_usage_reports (
    tenant_id int NOT NULL REFERENCES accounts_tenants,
    month date NOT NULL CHECK (extract(day FROM month) = 1),
    sequence int NOT NULL CHECK (sequence > 0),
    amount bigint NOT NULL CHECK (amount > 0),
    customer_id text NOT NULL,
    intended_at timestamptz NOT NULL,
    state text NOT NULL DEFAULT 'intended' CHECK (state IN ('intended', 'sent', 'unknown')),
    PRIMARY KEY (tenant_id, month, sequence)
);

SELECT coliseum_protect_people('billing_stripe_events');
SELECT coliseum_protect(each::regclass)
FROM unnest(ARRAY['billing_customers', 'billing_accounts', 'billing_subscriptions', 'billing_objects',
                  'billing_unmatched', 'billing_usage_reports']) AS each;

GRANT SELECT, INSERT, UPDATE ON billing_stripe_events, billing_customers, billing_accounts, billing_subscriptions,
    billing_objects, billing_unmatched, billing_usage_reports TO coliseum_accounts;
-- For whom an event is, is found out by the role that bypasses policies: no tenant is known yet.
GRANT SELECT ON billing_customers, billing_accounts, billing_subscriptions, billing_usage_reports TO coliseum_capture;
