-- $3: these artists; null for the bill of the event. An artist whom the catalogue does not know is called by the id.
SELECT b.id, coalesce(a.name, b.id) AS name, a.picture
FROM unnest(coalesce($3::text[], (SELECT e.artist_ids FROM catalog_events e WHERE e.tenant_id = $1 AND e.id = $2)))
     WITH ORDINALITY AS b (id, place)
LEFT JOIN catalog_artists a ON a.tenant_id = $1 AND a.id = b.id
ORDER BY b.place
LIMIT 50
