INSERT INTO coliseum_names (tenant_id, kind, id)
SELECT $1, kind, id
FROM (
    SELECT 'metric' AS kind, metric AS id FROM coliseum_batch
    UNION SELECT kind, entity_id FROM coliseum_batch WHERE kind NOT IN ('tenant', 'fan')
    UNION SELECT 'artist', artist_id FROM coliseum_batch WHERE artist_id <> ''
    UNION SELECT 'event', event_id FROM coliseum_batch WHERE event_id <> ''
    UNION SELECT 'track', track_id FROM coliseum_batch WHERE track_id <> ''
    UNION SELECT 'city', city FROM coliseum_batch WHERE city <> ''
) AS named
WHERE NOT EXISTS (SELECT FROM coliseum_names n WHERE n.tenant_id = $1 AND n.kind = named.kind AND n.id = named.id)
ORDER BY kind, id
ON CONFLICT DO NOTHING
