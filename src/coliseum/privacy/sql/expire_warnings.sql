-- Examples of refusals may quote whatever was sent; what was counted stays
UPDATE capture_warnings SET last_message = '' WHERE tenant_id = $1 AND last_at < $2 AND last_message <> ''
