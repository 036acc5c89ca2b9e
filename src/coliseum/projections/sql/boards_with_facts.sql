-- Which of some boards have anything counted in a window: reading a board costs more, even an empty one.
-- $1 tenant, $2 grain, $3 and $4 the window; by columns: $5 stored metrics, $6 kinds that a board is made of, $7 its
-- place in the caller's list
WITH live AS MATERIALIZED (
    SELECT u.generation FROM processor_units u WHERE u.tenant_id = $1 AND u.consumer = 'coliseum'
), asked AS MATERIALIZED (
    SELECT b.place, b.kind, m.num::int AS metric
    FROM unnest($5::text[], $6::int[], $7::int[]) AS b (metric, kind, place)
    JOIN coliseum_names m ON m.tenant_id = $1 AND m.kind = 'metric' AND m.id = b.metric
), in_hours AS MATERIALIZED ( -- there are few: nearly all of a window that is over have been rolled up
    SELECT DISTINCT i.metric, i.kind
    FROM live
    JOIN coliseum_hours i ON i.tenant_id = $1 AND i.generation = live.generation AND i.hour >= $3 AND i.hour < $4
)
SELECT DISTINCT a.place
FROM asked a
WHERE (a.metric, a.kind) IN (SELECT metric, kind FROM in_hours)
   OR (SELECT true FROM live -- of each, one row by the index
       JOIN coliseum_rollups r ON r.tenant_id = $1 AND r.generation = live.generation
       WHERE r.metric = a.metric AND r.kind = a.kind AND r.grain = $2 AND r.bucket = $3
       LIMIT 1)
   OR a.kind = 3 AND (
       SELECT true FROM live
       JOIN coliseum_fan_hours f ON f.tenant_id = $1 AND f.generation = live.generation
       WHERE f.metric = a.metric AND f.hour >= $3 AND f.hour < $4
       LIMIT 1)
ORDER BY a.place
