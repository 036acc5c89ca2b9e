-- Gives a number to every name that a range of the log counts under and that has none yet, and returns them all: kinds,
-- ids and nums side by side. wanted: how many there are; of a name that another transaction is making at this very
-- moment the number is missing, and a second run has it.
-- $1 tenant, $2 partition, $3 and $4 offsets, $5 offsets to leave out
WITH named AS (
    SELECT CASE grouping(artist_id, event_id, track_id, city, entity_id)
               WHEN 15 THEN 'artist' WHEN 23 THEN 'event' WHEN 27 THEN 'track' WHEN 29 THEN 'city' ELSE entity_type
           END AS kind,
           coalesce(artist_id, event_id, track_id, city, entity_id) AS id
    FROM passport_entries
    WHERE tenant_id = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4 AND "offset" <> ALL ($5::bigint[])
      AND value <> 0
    GROUP BY GROUPING SETS ((artist_id), (event_id), (track_id), (city), (entity_type, entity_id))
    UNION
    SELECT 'metric', CASE WHEN r.money THEN r.metric || ':' || types.currency ELSE r.metric END
    FROM (
        SELECT DISTINCT event_type, currency FROM passport_entries
        WHERE tenant_id = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4 AND "offset" <> ALL ($5::bigint[])
          AND value <> 0
    ) AS types
    JOIN coliseum_rules r USING (event_type)
), looked_up AS MATERIALIZED ( -- one by one by the index: a range knows few names, a tenant may have millions
    SELECT d.kind, d.id,
           (SELECT n.num FROM coliseum_names n WHERE n.tenant_id = $1 AND n.kind = d.kind AND n.id = d.id) AS num
    FROM named d
    WHERE d.id <> '' AND d.kind <> 'user'
), made AS (
    INSERT INTO coliseum_names (tenant_id, kind, id)
    SELECT $1, kind, id FROM looked_up WHERE num IS NULL ORDER BY kind, id
    ON CONFLICT DO NOTHING
    RETURNING kind, id, num
)
SELECT array_agg(kind) AS kinds, array_agg(id) AS ids, array_agg(num::int) AS nums,
       (SELECT count(*) FROM looked_up) AS wanted
FROM (SELECT kind, id, num FROM looked_up WHERE num IS NOT NULL UNION ALL SELECT kind, id, num FROM made) AS known
