-- For this transaction: whole sets are hashed, in memory, whatever PostgreSQL believes of how many rows are newest of
-- their kind; and each question is planned for itself, so that one without filters reads no catalogue.
SELECT set_config('enable_nestloop', 'off', true), set_config('work_mem', '64MB', true),
       set_config('plan_cache_mode', 'force_custom_plan', true)
