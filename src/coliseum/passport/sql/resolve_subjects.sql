-- OFFSET 0 keeps each person's look-up a subquery of its own. As a join it is planned by statistics, and those of a
-- young table make it read all people of the tenant by the index of their numbers, once for each that is asked for.
WITH looked_up AS MATERIALIZED (
    SELECT w.user_id, w.key AS new_key, s.subject_id, s.key
    FROM unnest($2::text[], $3::bytea[]) AS w (user_id, key)
    LEFT JOIN LATERAL (
        SELECT subject_id, key FROM passport_subjects WHERE tenant_id = $1 AND user_id = w.user_id OFFSET 0
    ) s ON true
), made AS (
    INSERT INTO passport_subjects (tenant_id, user_id, key)
    SELECT $1, user_id, new_key FROM looked_up WHERE subject_id IS NULL ORDER BY user_id
    ON CONFLICT DO NOTHING
    RETURNING user_id, subject_id, key
)
SELECT user_id, subject_id, key FROM looked_up WHERE subject_id IS NOT NULL
UNION ALL SELECT user_id, subject_id, key FROM made
