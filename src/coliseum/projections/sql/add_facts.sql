-- Adds a range of the log: what fans did, what everything else comes to, and the gross of each metric.
-- $1 tenant, $2 generation, $3 partition, $4 and $5 offsets, $6 offsets to leave out, $7 time zone
WITH kinds (name, num) AS (
    VALUES ('tenant', 0), ('artist', 1), ('event', 2), ('fan', 3), ('user', 3), ('track', 4), ('city', 5), ('venue', 6),
           ('leaderboard', 7), ('report', 8)
), entries AS MATERIALIZED (
    SELECT e.event_type, coalesce(e.currency, '') AS currency, date_trunc('hour', e.occurred_at, $7) AS hour,
           e.subject_id AS fan, k.num AS target_kind,
           CASE WHEN e.entity_type = 'user' THEN e.entity_id::bigint ELSE ne.num END AS target,
           coalesce(na.num, 0)::int AS artist, coalesce(nv.num, 0)::int AS event, coalesce(nt.num, 0)::int AS track,
           coalesce(nc.num, 0)::int AS city,
           e.value, e.value * coalesce((e.metadata ->> 'durationSeconds')::bigint, 0) AS seconds
    FROM passport_entries e
    LEFT JOIN kinds k ON k.name = e.entity_type
    LEFT JOIN coliseum_names ne ON ne.tenant_id = $1 AND ne.kind = e.entity_type AND ne.id = e.entity_id
    LEFT JOIN coliseum_names na ON na.tenant_id = $1 AND na.kind = 'artist' AND na.id = e.artist_id
    LEFT JOIN coliseum_names nv ON nv.tenant_id = $1 AND nv.kind = 'event' AND nv.id = e.event_id
    LEFT JOIN coliseum_names nt ON nt.tenant_id = $1 AND nt.kind = 'track' AND nt.id = e.track_id
    LEFT JOIN coliseum_names nc ON nc.tenant_id = $1 AND nc.kind = 'city' AND nc.id = e.city
    WHERE e.tenant_id = $1 AND e.partition = $3 AND e."offset" >= $4 AND e."offset" < $5
      AND e."offset" <> ALL ($6::bigint[]) AND e.value <> 0
), counted AS MATERIALIZED ( -- kind: NULL for whatever the entry is aimed at
    SELECT r.event_type, types.currency, m.num::int AS metric, m.id AS stored_metric, k.num AS kind,
           r.measure = 'seconds' AS in_seconds
    FROM (SELECT DISTINCT event_type, currency FROM entries) AS types
    JOIN coliseum_rules r USING (event_type)
    JOIN coliseum_names m ON m.tenant_id = $1 AND m.kind = 'metric'
        AND m.id = CASE WHEN r.money THEN r.metric || ':' || types.currency ELSE r.metric END
    LEFT JOIN kinds k ON k.name = r.kind
), contexts AS MATERIALIZED (
    SELECT event_type, currency, hour, target_kind, target, artist, event, track, city,
           sum(value)::bigint AS value, sum(seconds)::bigint AS seconds,
           sum(abs(value)) AS gross, sum(abs(seconds)) AS gross_seconds
    FROM entries
    GROUP BY event_type, currency, hour, target_kind, target, artist, event, track, city
), sums AS MATERIALIZED (
    SELECT metric, kind, hour, entity, artist, event, city, sum(value)::bigint AS value, sum(gross) AS gross
    FROM (
        SELECT k.metric, coalesce(k.kind, c.target_kind) AS kind, c.hour,
               CASE k.kind WHEN 0 THEN 0 WHEN 1 THEN nullif(c.artist, 0) WHEN 2 THEN nullif(c.event, 0)
                           WHEN 4 THEN nullif(c.track, 0) WHEN 5 THEN nullif(c.city, 0) ELSE c.target END AS entity,
               CASE WHEN k.kind = 0 THEN 0 ELSE c.artist END AS artist,
               CASE WHEN k.kind = 0 THEN 0 ELSE c.event END AS event,
               CASE WHEN k.kind = 0 THEN 0 ELSE c.city END AS city,
               CASE WHEN k.in_seconds THEN c.seconds ELSE c.value END AS value,
               CASE WHEN k.in_seconds THEN c.gross_seconds ELSE c.gross END AS gross
        FROM contexts c
        JOIN counted k USING (event_type, currency)
        WHERE k.kind IS DISTINCT FROM 3
    ) AS each
    WHERE entity IS NOT NULL
    GROUP BY metric, kind, hour, entity, artist, event, city
), incremented AS (
    INSERT INTO coliseum_increments (tenant_id, generation, metric, kind, hour, entity, artist, event, city, value)
    SELECT $1, $2, metric, kind, hour, entity, artist, event, city, value FROM sums WHERE kind <> 3 AND value <> 0
), grossed AS (
    INSERT INTO coliseum_gross AS g (tenant_id, generation, metric, gross)
    SELECT $1, $2, k.stored_metric, sum(s.gross)
    FROM sums s
    JOIN (SELECT DISTINCT metric, stored_metric FROM counted) AS k USING (metric)
    WHERE s.kind = 0 AND s.gross <> 0
    GROUP BY k.stored_metric
    ORDER BY k.stored_metric
    ON CONFLICT (tenant_id, generation, metric) DO UPDATE SET gross = g.gross + excluded.gross
)
INSERT INTO coliseum_fan_hours (tenant_id, generation, metric, hour, fan, artist, event, track, city, value)
SELECT $1, $2, metric, hour, fan, artist, event, track, city, sum(value)
FROM (
    SELECT k.metric, e.hour, e.fan, e.artist, e.event, e.track, e.city,
           CASE WHEN k.in_seconds THEN e.seconds ELSE e.value END AS value
    FROM entries e
    JOIN counted k USING (event_type, currency)
    WHERE k.kind = 3 AND e.fan IS NOT NULL
    UNION ALL
    SELECT metric, hour, entity, artist, event, 0, city, value FROM sums WHERE kind = 3
) AS fans
GROUP BY metric, hour, fan, artist, event, track, city
HAVING sum(value) <> 0
