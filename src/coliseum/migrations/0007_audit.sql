-- The second opinion: what each entry counts for, said once more in plain SQL, without the registry, its rules or the
-- views that the projections use. Only `coliseum verify` reads it.
CREATE VIEW audit_facts WITH (security_invoker = true) AS
SELECT e.tenant_id, e.partition, e."offset", e.occurred_at, c.metric, k.kind, k.entity_id,
       CASE WHEN k.kind = 'tenant' THEN '' ELSE coalesce(e.artist_id, '') END AS artist_id,
       CASE WHEN k.kind = 'tenant' THEN '' ELSE coalesce(e.event_id, '') END AS event_id,
       CASE WHEN k.kind = 'fan' THEN coalesce(e.track_id, '') ELSE '' END AS track_id,
       CASE WHEN k.kind = 'tenant' THEN '' ELSE coalesce(e.city, '') END AS city,
       c.amount
FROM passport_entries e
CROSS JOIN LATERAL (
    SELECT 'views', 1::bigint, 'tenant event' WHERE e.event_type = 'concierto.event_viewed'
    UNION ALL SELECT 'interests', 1, 'tenant event' WHERE e.event_type = 'concierto.event_interested'
    UNION ALL SELECT 'tickets', (e.metadata ->> 'quantity')::bigint, 'tenant event fan'
              WHERE e.event_type = 'concierto.ticket_purchased'
    UNION ALL SELECT 'attendance', 1, 'tenant event fan city' WHERE e.event_type = 'concierto.event_attended'
    UNION ALL SELECT 'money_spent:' || e.currency, abs(e.value), 'tenant fan event artist'
              WHERE e.event_type = 'treasury.money_spent'
    UNION ALL SELECT 'money_spent:' || e.currency, -abs(e.value), 'tenant fan event artist'
              WHERE e.event_type = 'treasury.money_refunded'
    UNION ALL SELECT 'money_earned:' || e.currency, abs(e.value), 'tenant fan event artist'
              WHERE e.event_type = 'treasury.money_earned'
    UNION ALL SELECT 'votes', abs(e.value), 'tenant artist event fan' WHERE e.event_type = 'coliseum.vote_cast'
    UNION ALL SELECT 'votes', -abs(e.value), 'tenant artist event fan' WHERE e.event_type = 'coliseum.vote_voided'
    UNION ALL SELECT 'plays', 1, 'tenant track artist fan'
              WHERE e.event_type = 'player.track_played'
                AND coalesce((e.metadata ->> 'durationSeconds')::bigint, 30) >= 30
    UNION ALL SELECT 'seconds', (e.metadata ->> 'durationSeconds')::bigint, 'tenant track artist fan'
              WHERE e.event_type = 'player.track_played' AND (e.metadata ->> 'durationSeconds')::bigint >= 30
    UNION ALL SELECT 'favorites', 1, 'tenant track artist' WHERE e.event_type = 'player.track_favorited'
    UNION ALL SELECT 'favorites', -1, 'tenant track artist' WHERE e.event_type = 'player.track_unfavorited'
    UNION ALL SELECT 'follows', 1, 'tenant target' WHERE e.event_type = 'social.follow'
    UNION ALL SELECT 'follows', -1, 'tenant target' WHERE e.event_type = 'social.unfollow'
    UNION ALL SELECT 'shares', 1, 'tenant target' WHERE e.event_type = 'social.share'
) AS c (metric, amount, kinds)
CROSS JOIN LATERAL (
    SELECT 'tenant', '' WHERE c.kinds LIKE '%tenant%'
    UNION ALL SELECT 'artist', e.artist_id WHERE c.kinds LIKE '%artist%'
    UNION ALL SELECT 'event', e.event_id WHERE c.kinds LIKE '%event%'
    UNION ALL SELECT 'fan', e.subject_id::text WHERE c.kinds LIKE '%fan%'
    UNION ALL SELECT 'track', e.track_id WHERE c.kinds LIKE '%track%'
    UNION ALL SELECT 'city', e.city WHERE c.kinds LIKE '%city%'
    UNION ALL SELECT CASE e.entity_type WHEN 'user' THEN 'fan' ELSE e.entity_type END, e.entity_id
              WHERE c.kinds LIKE '%target%'
) AS k (kind, entity_id)
WHERE k.entity_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM processor_dead_letters d
    WHERE d.tenant_id = e.tenant_id AND d.consumer = 'coliseum' AND d.partition = e.partition
      AND d."offset" = e."offset"
);
GRANT SELECT ON audit_facts TO coliseum_processor;
