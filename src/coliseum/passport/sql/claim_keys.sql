WITH input AS (
    SELECT id, content_hash, n FROM unnest($4::text[], $5::bytea[]) WITH ORDINALITY AS t (id, content_hash, n)
), known AS (
    SELECT k.id, k.content_hash, k.partition, k."offset"
    FROM input JOIN passport_keys k ON k.tenant_id = $1 AND k.id = input.id
), fresh AS (
    SELECT id, content_hash, $3::bigint + row_number() OVER (ORDER BY n) - 1 AS "offset"
    FROM input WHERE NOT EXISTS (SELECT FROM known WHERE known.id = input.id)
), inserted AS (
    INSERT INTO passport_keys (tenant_id, id, content_hash, partition, "offset", received_at)
    SELECT $1, id, content_hash, $2, "offset", $6 FROM fresh ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING id, content_hash, partition, "offset"
)
SELECT id, content_hash, partition, "offset", true AS fresh FROM inserted
UNION ALL
SELECT id, content_hash, partition, "offset", false AS fresh FROM known
