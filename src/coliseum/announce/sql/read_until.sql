-- How far the rollups have read, and the number that rises when they change behind their cursors
SELECT u.edition, array_agg(c."offset" ORDER BY c.partition) AS position
FROM processor_units u JOIN processor_cursors c USING (tenant_id, consumer, generation)
WHERE u.tenant_id = $1 AND u.consumer = 'coliseum'
GROUP BY u.edition
