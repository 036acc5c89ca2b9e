INSERT INTO passport_heads (tenant_id, partition)
SELECT $1, n FROM generate_series(0, $2::int - 1) AS n
