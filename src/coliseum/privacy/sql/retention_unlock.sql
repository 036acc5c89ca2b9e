SELECT pg_advisory_unlock(1346981467, 0)
