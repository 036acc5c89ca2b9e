-- How far the log reached at a moment: of each partition the first offset that was received then or later, and at most
-- what has been read. $1 tenant, $2 and $3 partitions and how far they have been read, $4 moment
SELECT read.partition,
       coalesce((
           SELECT e."offset" FROM passport_entries e
           WHERE e.tenant_id = $1 AND e.partition = read.partition AND e."offset" < read.upto AND e.created_at >= $4
           ORDER BY e."offset"
           LIMIT 1
       ), read.upto) AS "offset"
FROM unnest($2::int[], $3::bigint[]) AS read (partition, upto)
ORDER BY read.partition
