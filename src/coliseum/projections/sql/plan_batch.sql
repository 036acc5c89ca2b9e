-- For this transaction: every statement over a range is planned alike, whatever PostgreSQL believes about tables that may
-- be minutes old. Sets are hashed, what is looked up is looked up by its index, and a plan is made once a session.
SELECT set_config('enable_nestloop', 'off', true), set_config('enable_mergejoin', 'off', true),
       set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true),
       set_config('plan_cache_mode', 'force_generic_plan', true)
