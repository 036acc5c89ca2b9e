-- For this transaction: whether plans look rows up one by one, read tables whole, sort in order to group.
SELECT set_config('enable_nestloop', $1, true), set_config('enable_seqscan', $2, true), set_config('enable_sort', $3, true)
