-- The number of the last erasure, and the numbers of the people in those after $1; one row at least. Nobody when $1 is null
-- (nothing was asked yet) or when there are more than $2: then everybody who is remembered is to be dropped
SELECT last.number AS last, e.tenant_id, e.subject_id
FROM (SELECT coalesce(max(number), 0) AS number FROM privacy_erasures) AS last
LEFT JOIN privacy_erasures e ON last.number - $1::bigint <= $2 AND e.number > $1 AND e.number <= last.number
