-- Nobody is stored meanwhile: the exclusive side of privacy_hold_people
SELECT pg_advisory_xact_lock(1346981465, $1)
