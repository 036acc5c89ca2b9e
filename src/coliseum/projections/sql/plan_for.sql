-- For this transaction: whether a plan may look rows up one by one, and whether it may read tables whole.
SELECT set_config('enable_nestloop', $1, true), set_config('enable_seqscan', $2, true)
