INSERT INTO stadium_votings AS v (
    tenant_id, name, event_id, title, artist_ids, opens_at, closes_at, results, per_address, changed_by, created_at,
    changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
ON CONFLICT (tenant_id, name) DO UPDATE
SET event_id = excluded.event_id, title = excluded.title, artist_ids = excluded.artist_ids,
    opens_at = excluded.opens_at, closes_at = excluded.closes_at, results = excluded.results,
    per_address = excluded.per_address, changed_by = excluded.changed_by, changed_at = excluded.changed_at
RETURNING name, event_id AS event, title, artist_ids AS artists, opens_at, closes_at, results,
       per_address AS votes_per_address, changed_by, created_at, changed_at
