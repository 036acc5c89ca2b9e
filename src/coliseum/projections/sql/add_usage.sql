INSERT INTO usage_days AS u
    (tenant_id, generation, day, partition, category, source, entries, first_offset, last_offset)
SELECT $1, $2, (created_at AT TIME ZONE 'UTC')::date, $3::smallint, event_category, source, count(*),
       min("offset"), max("offset")
FROM passport_entries
WHERE tenant_id = $1 AND partition = $3 AND "offset" >= $4 AND "offset" < $5 AND "offset" <> ALL ($6::bigint[])
GROUP BY 3, event_category, source
ON CONFLICT (tenant_id, generation, day, partition, category, source) DO UPDATE SET
    entries = u.entries + excluded.entries, first_offset = least(u.first_offset, excluded.first_offset),
    last_offset = greatest(u.last_offset, excluded.last_offset)
