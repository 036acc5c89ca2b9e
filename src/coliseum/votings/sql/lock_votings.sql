-- One change of a tenant's votings at a time; the first number only has to be nobody else's.
SELECT pg_advisory_xact_lock(1987013746, $1)
