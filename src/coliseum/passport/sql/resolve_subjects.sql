-- OFFSET 0 keeps each person's look-up a subquery of its own. As a join it is planned by statistics, and those of a
-- young table make it read all people of the tenant by the index of their numbers, once for each that is asked for.
-- Whoever is stored is not suppressed: only for the others that is looked up. $1 tenant, $2 digests, $3 users
SELECT w.user_id, coalesce(s.subject_id, CASE WHEN f.forgotten THEN 0 END,
                           nextval('passport_subjects_subject_id_seq')) AS subject_id,
       s.key, f.forgotten IS TRUE AS is_forgotten
FROM unnest($2::bytea[], $3::text[]) AS w (digest, user_id)
LEFT JOIN LATERAL (
    SELECT subject_id, key FROM passport_subjects WHERE tenant_id = $1 AND user_id = w.user_id OFFSET 0
) s ON true
LEFT JOIN LATERAL (
    SELECT true AS forgotten FROM privacy_suppressed WHERE s.key IS NULL AND tenant_id = $1 AND digest = w.digest OFFSET 0
) f ON true
