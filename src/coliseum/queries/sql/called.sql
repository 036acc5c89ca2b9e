-- The names of these artists, events and tracks, as the catalogue has them now.
SELECT 'artist' AS kind, id, name FROM catalog_artists WHERE tenant_id = $1 AND id = ANY ($2::text[])
UNION ALL
SELECT 'event', id, name FROM catalog_events WHERE tenant_id = $1 AND id = ANY ($3::text[])
UNION ALL
SELECT 'track', id, name FROM catalog_tracks WHERE tenant_id = $1 AND id = ANY ($4::text[])
