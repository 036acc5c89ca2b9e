-- One dashboard or link of a tenant is made at a time, so that their number holds; the first number is only nobody else's.
SELECT pg_advisory_xact_lock(1131375973, $1)
