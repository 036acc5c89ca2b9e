INSERT INTO passport_subjects (tenant_id, user_id, subject_id, key) OVERRIDING SYSTEM VALUE
SELECT $1, w.user_id, w.subject_id, w.key
FROM unnest($2::text[], $3::bigint[], $4::bytea[]) AS w (user_id, subject_id, key) ORDER BY w.user_id COLLATE "C"
ON CONFLICT (tenant_id, user_id) DO NOTHING
RETURNING user_id
