INSERT INTO mediaid_affinities AS a (tenant_id, generation, subject_id, day, artist, event, city, weight)
SELECT tenant_id, $2, subject_id, coliseum_bucket('day', occurred_at, $7), coalesce(artist_id, ''), coalesce(event_id, ''),
       coalesce(city, ''), sum(dna_influence)
FROM passport_entries
WHERE tenant_id = $1 AND partition = $3 AND "offset" >= $4 AND "offset" < $5 AND "offset" <> ALL ($6::bigint[])
  AND subject_id IS NOT NULL AND dna_influence <> 0
GROUP BY 1, 3, 4, 5, 6, 7
ON CONFLICT (tenant_id, generation, subject_id, day, artist, event, city)
DO UPDATE SET weight = a.weight + excluded.weight
