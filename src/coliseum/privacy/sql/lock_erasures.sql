-- Erasures of all tenants commit in the order of their numbers
SELECT pg_advisory_xact_lock(1346981466, 0)
