-- Messages that tell of fans by their user id say from now on what boards show. $1 tenant, $2 user, $3 in their place
UPDATE hooks_messages m
SET payload = m.payload || jsonb_strip_nulls(jsonb_build_object(
        'id', CASE WHEN m.payload -> 'id' = to_jsonb($2::text) THEN to_jsonb($3::text) END,
        'rows', (SELECT jsonb_agg(CASE WHEN r.row -> 'id' = to_jsonb($2::text)
                                       THEN r.row || jsonb_build_object('id', $3::text, 'name', '') ELSE r.row END
                                  ORDER BY r.place)
                 FROM jsonb_array_elements(m.payload -> 'rows') WITH ORDINALITY AS r (row, place)),
        'before', (SELECT jsonb_agg(CASE WHEN b.id = to_jsonb($2::text) THEN to_jsonb($3::text) ELSE b.id END
                                    ORDER BY b.place)
                   FROM jsonb_array_elements(nullif(m.payload -> 'before', 'null')) WITH ORDINALITY AS b (id, place))
    ))
WHERE m.tenant_id = $1 AND m.payload ->> 'entity' = 'fan' AND strpos(m.payload::text, to_jsonb($2::text)::text) > 0
