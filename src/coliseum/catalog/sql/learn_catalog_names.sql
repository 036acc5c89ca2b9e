INSERT INTO coliseum_names (tenant_id, kind, id)
SELECT $1, kind, id
FROM (
    SELECT entity_type AS kind, entity_id AS id
    FROM passport_entries
    WHERE tenant_id = $1 AND partition = $2 AND "offset" >= $3 AND "offset" < $4
      AND event_type IN ('catalog.artist', 'catalog.event') AND "offset" <> ALL ($5::bigint[])
    UNION
    SELECT 'artist', billed.id
    FROM passport_entries e
    CROSS JOIN LATERAL jsonb_array_elements_text(coalesce(e.metadata -> 'artistIds', '[]')) AS billed (id)
    WHERE e.tenant_id = $1 AND e.partition = $2 AND e."offset" >= $3 AND e."offset" < $4
      AND e.event_type = 'catalog.event' AND e."offset" <> ALL ($5::bigint[])
) AS named
WHERE NOT EXISTS (SELECT FROM coliseum_names n WHERE n.tenant_id = $1 AND n.kind = named.kind AND n.id = named.id)
ORDER BY kind, id
ON CONFLICT DO NOTHING
