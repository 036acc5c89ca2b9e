-- Examples of refusals that quote the user id; what was counted stays
UPDATE capture_warnings SET last_message = '' WHERE tenant_id = $1 AND strpos(last_message, $2) > 0
