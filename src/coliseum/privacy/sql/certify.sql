INSERT INTO privacy_erasures (tenant_id, certificate, subject_id, requested_by, erased_at)
VALUES ($1, $2::text::uuid, $3, $4, $5)
