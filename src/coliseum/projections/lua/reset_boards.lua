-- Forgets every live board and sets the cursors to where the rollups stand.
-- KEYS: state, boards, wanted. ARGV: epoch, edition, then (partition, offset) pairs.
local epoch = redis.call('HGET', KEYS[1], 'epoch')
if epoch and tonumber(epoch) > tonumber(ARGV[1]) then return redis.error_reply('FENCED another holder wrote here') end
local live = redis.call('HKEYS', KEYS[2])
for _, name in ipairs(live) do redis.call('SADD', KEYS[3], name) end
redis.call('DEL', KEYS[1], KEYS[2])
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'edition', ARGV[2])
redis.call('HSET', KEYS[1], 'catalog', table.concat(ARGV, ':', 2))
for i = 3, #ARGV, 2 do redis.call('HSET', KEYS[1], 'p' .. ARGV[i], ARGV[i + 1]) end
return live
