WITH entries AS MATERIALIZED (
    SELECT subject_id, date_trunc('hour', occurred_at, $7) AS hour, coalesce(artist_id, '') AS artist,
           coalesce(event_id, '') AS event, coalesce(city, '') AS city, dna_influence
    FROM passport_entries
    WHERE tenant_id = $1 AND partition = $3 AND "offset" >= $4 AND "offset" < $5 AND "offset" <> ALL ($6::bigint[])
      AND subject_id IS NOT NULL AND dna_influence <> 0
), days AS MATERIALIZED (
    SELECT hour, coliseum_bucket('day', hour, $7) AS day FROM (SELECT DISTINCT hour FROM entries) AS hours
)
INSERT INTO mediaid_affinities (tenant_id, generation, subject_id, day, artist, event, city, weight)
SELECT $1, $2, subject_id, day, artist, event, city, sum(dna_influence)
FROM entries JOIN days USING (hour)
GROUP BY subject_id, day, artist, event, city
