SELECT pg_try_advisory_lock(1346981467, 0)
