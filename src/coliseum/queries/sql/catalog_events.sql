-- $2: what the name or the id contains; after the place $3, $4 in the order of names; $5 rows
SELECT id, name, changed_at, partition, "offset", lower(name) AS place, count(*) OVER () AS found,
       jsonb_strip_nulls(jsonb_build_object(
           'venueId', venue_id, 'city', city, 'startsAt', starts_at, 'capacity', capacity,
           'artistIds', nullif(to_jsonb(artist_ids), '[]'), 'picture', picture
       )) AS fields
FROM catalog_events
WHERE tenant_id = $1
  AND ($2::text IS NULL OR position(lower($2) IN lower(name)) > 0 OR position(lower($2) IN lower(id)) > 0)
  AND ($3::text IS NULL OR (lower(name) COLLATE "C", id COLLATE "C") > ($3 COLLATE "C", $4::text COLLATE "C"))
ORDER BY lower(name) COLLATE "C", id COLLATE "C"
LIMIT $5
