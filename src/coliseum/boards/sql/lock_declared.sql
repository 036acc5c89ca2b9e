-- One change of a tenant's boards at a time; the first number only has to be nobody else's.
SELECT pg_advisory_xact_lock(1131375972, $1)
