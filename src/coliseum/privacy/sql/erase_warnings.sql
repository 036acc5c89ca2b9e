-- Examples of refusals that quote the user id: as it is ($2), or as what comes from outside is quoted ($3). What was
-- counted stays
UPDATE capture_warnings SET last_message = ''
WHERE tenant_id = $1 AND (strpos(last_message, $2) > 0 OR strpos(last_message, $3) > 0)
