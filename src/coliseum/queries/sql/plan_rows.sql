-- Takes plan_hours.sql back: what follows looks a few rows up.
SELECT set_config('enable_nestloop', 'on', true), set_config('enable_mergejoin', 'on', true),
       set_config('enable_sort', 'on', true), set_config('plan_cache_mode', 'auto', true)
