-- Takes a board of a rolling window out of sight, to become another one. KEYS: state, boards, wanted, its sorted set and
-- pairs hash, and those aside. ARGV: epoch, name, "t" or "u" (totals, unique fans).
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return redis.error_reply('FENCED another holder wrote here') end
redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('SREM', KEYS[3], ARGV[2])
local unique = ARGV[3] == 'u'
if not redis.call('ZSCORE', KEYS[4], '') or (unique and redis.call('HEXISTS', KEYS[5], '') == 0) then
    redis.call('UNLINK', KEYS[4], KEYS[5])
    return redis.error_reply('MOVED something of the board was evicted')
end
redis.call('UNLINK', KEYS[6], KEYS[7])
redis.call('RENAME', KEYS[4], KEYS[6])
if unique then redis.call('RENAME', KEYS[5], KEYS[7]) end
return 'OK'
