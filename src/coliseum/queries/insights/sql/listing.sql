-- All entities of a kind that are in the catalogue or were counted, a page of them. $1 tenant, $2 kind, $3 its name,
-- $4 stored metric, $5 grains, $6 and $7 stretches of the window, $8 whether the bill's events count, $9 part of the name as
-- a pattern, $10 the same as an id (both NULL: any), $11 whether names order them, $12 and $13 the page
WITH catalogued AS (
    SELECT a.id, a.name, a.picture, a.city, NULL::timestamptz AS starts_at, array_to_string(a.genres, ', ') AS detail
    FROM catalog_artists a WHERE $3 = 'artist' AND a.tenant_id = $1
    UNION ALL
    SELECT e.id, e.name, e.picture, coalesce(e.city, v.city), e.starts_at, v.name
    FROM catalog_events e LEFT JOIN catalog_venues v ON v.tenant_id = e.tenant_id AND v.id = e.venue_id
    WHERE $3 = 'event' AND e.tenant_id = $1
    UNION ALL
    SELECT t.id, t.name, t.picture, NULL, NULL, coalesce(a.name, t.artist_id)
    FROM catalog_tracks t LEFT JOIN catalog_artists a ON a.tenant_id = t.tenant_id AND a.id = t.artist_id
    WHERE $3 = 'track' AND t.tenant_id = $1
    UNION ALL
    SELECT c.city, c.city, NULL, NULL, NULL, NULL
    FROM (SELECT e.city FROM catalog_events e WHERE e.tenant_id = $1
          UNION SELECT v.city FROM catalog_venues v WHERE v.tenant_id = $1) AS c
    WHERE $3 = 'city' AND c.city <> ''
), counted AS (
    SELECT n.id, n.num FROM coliseum_names n WHERE $3 <> 'fan' AND n.tenant_id = $1 AND n.kind = $3
    UNION ALL
    SELECT s.user_id, s.subject_id FROM passport_subjects s WHERE $3 = 'fan' AND s.tenant_id = $1
), known AS (
    SELECT coalesce(c.id, n.id) AS id, coalesce(c.name, n.id) AS name, c.picture, c.city, c.starts_at, c.detail, n.num
    FROM catalogued c FULL JOIN counted n ON n.id = c.id
), sums AS MATERIALIZED (
    SELECT s.entity, s.value
    FROM coliseum_board_sums($1, $4, $2, $5, $6, $7, $8, NULL, NULL, NULL) AS s
)
SELECT k.id, k.name, k.picture, k.city, k.starts_at, k.detail, coalesce(s.value, 0)::bigint AS value,
       count(*) OVER () AS members
FROM known k
LEFT JOIN sums s ON s.entity = k.num
WHERE $9::text IS NULL OR k.name ILIKE $9 OR k.id = $10::text
ORDER BY CASE WHEN $11 THEN lower(k.name) END, coalesce(s.value, 0) DESC, lower(k.name), k.id
LIMIT $12 OFFSET $13
