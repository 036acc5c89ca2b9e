-- Raises the fence to a new holder's epoch and returns the state as it stands; an older holder is refused.
-- KEYS: state. ARGV: epoch.
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if not epoch then return {} end
if tonumber(epoch) > tonumber(ARGV[1]) then return redis.error_reply('FENCED another holder wrote here') end
if epoch ~= ARGV[1] then redis.call('HSET', KEYS[1], 'epoch', ARGV[1]) end
return redis.call('HGETALL', KEYS[1])
