INSERT INTO coliseum_batch (metric, kind, entity_id, artist_id, event_id, track_id, city, hour, value, gross)
SELECT metric, kind, entity_id, artist_id, event_id, track_id, city, date_trunc('hour', occurred_at, $6), sum(value),
       sum(abs(value))
FROM coliseum_metrics
WHERE tenant_id = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4 AND "offset" <> ALL ($5::bigint[])
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
