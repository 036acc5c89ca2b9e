WITH looked_up AS MATERIALIZED (
    SELECT w.user_id, w.key AS new_key, s.subject_id, s.key
    FROM unnest($2::text[], $3::bytea[]) AS w (user_id, key)
    LEFT JOIN passport_subjects s ON s.tenant_id = $1 AND s.user_id = w.user_id
), made AS (
    INSERT INTO passport_subjects (tenant_id, user_id, key)
    SELECT $1, user_id, new_key FROM looked_up WHERE subject_id IS NULL ORDER BY user_id
    ON CONFLICT DO NOTHING
    RETURNING user_id, subject_id, key
)
SELECT user_id, subject_id, key FROM looked_up WHERE subject_id IS NOT NULL
UNION ALL SELECT user_id, subject_id, key FROM made
