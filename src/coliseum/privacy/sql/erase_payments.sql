-- What Stripe sent, of which everything is made that will be: $1 the user id as JSON text, $2 the same without other
-- letters than ASCII
UPDATE billing_stripe_events SET body = NULL
WHERE body IS NOT NULL AND state IN ('applied', 'ignored') AND (position($1::bytea IN body) > 0 OR position($2::bytea IN body) > 0)
