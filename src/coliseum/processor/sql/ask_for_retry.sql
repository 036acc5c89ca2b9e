-- $2 the entry of this id, or $3 all with this very reason; both NULL: all
UPDATE processor_dead_letters SET asked_at = now()
WHERE tenant_id = $1 AND ($2::text IS NULL OR id = $2) AND ($3::text IS NULL OR error = $3)
RETURNING consumer, partition, "offset"
