-- OFFSET 0 keeps each person's look-up a subquery of its own. As a join it is planned by statistics, and those of a
-- young table make it read all people of the tenant by the index of their numbers, once for each that is asked for.
SELECT w.user_id, coalesce(s.subject_id, nextval('passport_subjects_subject_id_seq')) AS subject_id, s.key
FROM unnest($2::text[]) AS w (user_id)
LEFT JOIN LATERAL (
    SELECT subject_id, key FROM passport_subjects WHERE tenant_id = $1 AND user_id = w.user_id OFFSET 0
) s ON true
