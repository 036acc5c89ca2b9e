-- $6 zone, $7 metrics with live boards, $8 their kinds, $9 the metrics among them that count for an event's bill
WITH counted AS (
    SELECT metric, kind, entity_id, artist_id, event_id, track_id, city,
           date_trunc('hour', occurred_at, $6) AS hour, sum(value) AS value
    FROM coliseum_metrics
    WHERE tenant_id = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4 AND "offset" <> ALL ($5::bigint[])
      AND metric = ANY ($7::text[])
      AND (kind = ANY ($8::text[]) OR kind = 'event' AND metric = ANY ($9::text[]))
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
), direct AS (
    SELECT c.metric, c.kind, CASE c.kind WHEN 'fan' THEN c.entity_id::bigint ELSE ne.num END AS entity,
           na.num AS artist, nv.num AS event, nt.num AS track, c.event_id, c.city, c.hour, c.value
    FROM counted c
    LEFT JOIN coliseum_names ne ON ne.tenant_id = $1 AND ne.kind = c.kind AND ne.id = c.entity_id
    LEFT JOIN coliseum_names na ON na.tenant_id = $1 AND na.kind = 'artist' AND na.id = c.artist_id
    LEFT JOIN coliseum_names nv ON nv.tenant_id = $1 AND nv.kind = 'event' AND nv.id = c.event_id
    LEFT JOIN coliseum_names nt ON nt.tenant_id = $1 AND nt.kind = 'track' AND nt.id = c.track_id
), facts AS (
    SELECT * FROM direct
    UNION ALL
    SELECT d.metric, 'artist', b.artist, b.artist, d.event, d.track, d.event_id, d.city, d.hour, d.value
    FROM direct d JOIN coliseum_bills b ON b.tenant_id = $1 AND b.event = d.event
    WHERE d.kind = 'event' AND d.metric = ANY ($9::text[])
)
SELECT f.metric, f.kind, f.entity, coalesce(f.artist, 0) AS artist, coalesce(f.event, 0) AS event,
       coalesce(f.track, 0) AS track, f.event_id, coalesce(nullif(f.city, ''), ep.city, ap.city, '') AS city,
       coalesce(ap.genres, ep.genres, '{}') AS genres, f.hour, f.value::bigint AS value
FROM facts f
LEFT JOIN coliseum_artist_places ap ON ap.tenant_id = $1 AND ap.artist = f.artist
LEFT JOIN coliseum_event_places ep ON ep.tenant_id = $1 AND ep.event = f.event
