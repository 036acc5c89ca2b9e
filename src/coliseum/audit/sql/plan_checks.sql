-- Each check reads whole tables, once. Right after a burst PostgreSQL does not know yet how large they are, and would
-- loop over one for every row of another (measured: over 28 s for 19,000 entries, where this takes under one).
SELECT set_config('enable_nestloop', 'off', true)
