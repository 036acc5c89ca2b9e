SELECT name, event_id AS event, title, artist_ids AS artists, opens_at, closes_at, results,
       per_address AS votes_per_address, changed_by, created_at, changed_at
FROM stadium_votings
WHERE tenant_id = $1 AND event_id = $2
