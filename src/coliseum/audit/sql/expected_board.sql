-- What the members of a board come to by the log, and when the last entry that adds something happened.
-- $2 metric as stored, $3 kind, $4 and $5 window, $6 whether the event's bill counts, $7 city, $8 genre, $9 event,
-- $10 whether fans are counted, $11 and $12 partitions and the offsets up to which the board has read
WITH counted AS (
    SELECT f.*, CASE WHEN $6 THEN billed.id WHEN $10 THEN CASE $3 WHEN 'artist' THEN f.artist_id
                     WHEN 'event' THEN f.event_id WHEN 'track' THEN f.track_id END ELSE f.entity_id END AS member,
           CASE WHEN $6 THEN billed.id ELSE f.artist_id END AS by_artist
    FROM unnest($11::int[], $12::bigint[]) AS read (partition, upto)
    JOIN audit_facts f ON f.tenant_id = $1 AND f.partition = read.partition AND f."offset" < read.upto
    LEFT JOIN LATERAL (
        SELECT DISTINCT unnest(e.artist_ids) AS id FROM catalog_events e
        WHERE $6 AND e.tenant_id = $1 AND e.id = f.event_id
    ) AS billed ON true
    WHERE f.metric = $2 AND f.kind = CASE WHEN $6 THEN 'event' WHEN $10 THEN 'fan' ELSE $3 END
      AND ($4::timestamptz IS NULL OR f.occurred_at >= $4 AND f.occurred_at < $5)
), kept AS (
    SELECT c.member, c.entity_id AS fan, c.amount, c.occurred_at
    FROM counted c
    LEFT JOIN catalog_artists a ON a.tenant_id = $1 AND a.id = c.by_artist
    LEFT JOIN catalog_events e ON e.tenant_id = $1 AND e.id = c.event_id
    LEFT JOIN catalog_venues v ON v.tenant_id = $1 AND v.id = e.venue_id
    WHERE c.member <> ''
      AND ($7::text IS NULL OR coalesce(nullif(c.city, ''), e.city, v.city, a.city) = $7)
      AND ($8::text IS NULL OR CASE WHEN a.id IS NOT NULL THEN $8 = ANY (a.genres) ELSE EXISTS (
          SELECT FROM catalog_artists b WHERE b.tenant_id = $1 AND b.id = ANY (e.artist_ids) AND $8 = ANY (b.genres))
          END)
      AND ($9::text IS NULL OR c.event_id = $9)
), scores AS (
    SELECT member, sum(amount) AS value, max(occurred_at) AS last_at
    FROM kept WHERE NOT $10 AND amount <> 0 GROUP BY member
    UNION ALL
    SELECT member, count(*), NULL FROM (
        SELECT member, fan FROM kept WHERE $10 GROUP BY member, fan HAVING sum(amount) > 0
    ) AS fans GROUP BY member
)
SELECT CASE WHEN $3 = 'fan' THEN s.member::bigint ELSE n.num END AS entity, s.value::bigint AS value,
       s.last_at
FROM scores s
LEFT JOIN coliseum_names n ON n.tenant_id = $1 AND n.kind = $3 AND n.id = s.member
