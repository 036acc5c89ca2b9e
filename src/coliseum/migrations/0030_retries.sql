-- A tenant asks that an entry which stands aside be tried again; the processor does it.

-- When it was asked for; NULL: nobody has, or it was tried since.
ALTER TABLE processor_dead_letters ADD COLUMN asked_at timestamptz;
GRANT SELECT, UPDATE (asked_at) ON processor_dead_letters TO coliseum_accounts;
