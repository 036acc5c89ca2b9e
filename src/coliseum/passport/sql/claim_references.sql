WITH wanted AS (
    SELECT DISTINCT ON (ref_id) ref_id, id
    FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS t (ref_id, id, n)
    ORDER BY ref_id, n
), taken AS (
    SELECT r.ref_id, r.id FROM passport_references r
    WHERE r.tenant_id = $1 AND r.kind = 'vote' AND r.ref_id IN (SELECT ref_id FROM wanted)
), claimed AS (
    INSERT INTO passport_references (tenant_id, kind, ref_id, id)
    SELECT $1, 'vote', ref_id, id FROM wanted WHERE ref_id NOT IN (SELECT ref_id FROM taken) ORDER BY ref_id
    ON CONFLICT DO NOTHING
    RETURNING ref_id, id
)
SELECT ref_id, id FROM taken UNION ALL SELECT ref_id, id FROM claimed
