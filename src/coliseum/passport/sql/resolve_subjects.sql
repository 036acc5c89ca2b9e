WITH wanted AS (
    SELECT user_id, key FROM unnest($2::text[], $3::bytea[]) AS t (user_id, key)
), known AS (
    SELECT s.user_id, s.subject_id, s.key
    FROM wanted JOIN passport_subjects s ON s.tenant_id = $1 AND s.user_id = wanted.user_id
), made AS (
    INSERT INTO passport_subjects (tenant_id, user_id, key)
    SELECT $1, user_id, key FROM wanted
    WHERE NOT EXISTS (SELECT FROM known WHERE known.user_id = wanted.user_id)
    ORDER BY user_id
    ON CONFLICT DO NOTHING
    RETURNING user_id, subject_id, key
)
SELECT user_id, subject_id, key FROM known UNION ALL SELECT user_id, subject_id, key FROM made
