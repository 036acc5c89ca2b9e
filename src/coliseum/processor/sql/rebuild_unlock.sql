SELECT pg_advisory_unlock($1, hashtext('rebuild ' || $2))
