-- Those of these entities ($2: kind, $3: ids) that another transaction saves at this moment; all others are held by this
SELECT w.id FROM unnest($3::text[]) AS w (id)
WHERE NOT pg_try_advisory_xact_lock($1, hashtext($2 || ':' || w.id))
