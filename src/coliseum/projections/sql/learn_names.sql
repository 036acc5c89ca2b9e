-- Gives a number to every name that a range of the log counts under and that has none yet.
INSERT INTO coliseum_names (tenant_id, kind, id)
SELECT $1, kind, id
FROM (
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
) AS named
WHERE id <> '' AND kind <> 'user'
  AND NOT EXISTS (SELECT FROM coliseum_names n WHERE n.tenant_id = $1 AND n.kind = named.kind AND n.id = named.id)
ORDER BY kind, id
ON CONFLICT DO NOTHING
