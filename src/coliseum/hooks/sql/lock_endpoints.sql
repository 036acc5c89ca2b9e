-- One at a time makes an endpoint of a tenant; the first number only has to be nobody else's.
SELECT pg_advisory_xact_lock(1213157200, $1)
