WITH units AS (
    INSERT INTO processor_units (tenant_id, consumer)
    SELECT $1::int, consumer FROM unnest($2::text[]) AS consumer
    RETURNING tenant_id, consumer, generation
)
INSERT INTO processor_cursors (tenant_id, consumer, generation, partition)
SELECT tenant_id, consumer, generation, n FROM units CROSS JOIN generate_series(0, $3::int - 1) AS n
