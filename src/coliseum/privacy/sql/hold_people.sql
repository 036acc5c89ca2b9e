-- People $2 of tenant $1 are held: whoever says something of consent in this moment is waited for, and whoever does so from
-- here on waits
SELECT FROM passport_subjects WHERE tenant_id = $1 AND subject_id = ANY ($2::bigint[]) ORDER BY subject_id FOR UPDATE
