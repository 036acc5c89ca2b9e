CREATE TEMPORARY TABLE IF NOT EXISTS coliseum_batch (
    metric text NOT NULL,
    kind text NOT NULL,
    entity_id text NOT NULL,
    artist_id text NOT NULL,
    event_id text NOT NULL,
    track_id text NOT NULL,
    city text NOT NULL,
    hour timestamptz NOT NULL,
    value numeric NOT NULL,
    gross numeric NOT NULL
) ON COMMIT DELETE ROWS
