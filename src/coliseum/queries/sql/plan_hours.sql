-- For this transaction: whole sets are hashed, in memory, whatever PostgreSQL believes about tables that may be minutes
-- old; and each question is planned for itself, so that one without filters looks up no place.
SELECT set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true),
       set_config('enable_sort', 'off', true), set_config('work_mem', '64MB', true),
       set_config('plan_cache_mode', 'force_custom_plan', true)
