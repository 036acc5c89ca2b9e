-- How far the log reached at a moment: of each partition up to the last entry that was received before it, and at most
-- what has been read. $1 tenant, $2 and $3 partitions and how far they have been read, $4 moment
SELECT read.partition,
       coalesce((
           SELECT e."offset" + 1 FROM passport_entries e
           WHERE e.tenant_id = $1 AND e.partition = read.partition AND e."offset" < read.upto AND e.created_at < $4
           ORDER BY e."offset" DESC
           LIMIT 1
       ), 0) AS "offset"
FROM unnest($2::int[], $3::bigint[]) AS read (partition, upto)
ORDER BY read.partition
