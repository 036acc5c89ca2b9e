-- Makes a filled board live, if it was filled at exactly the stored cursors.
-- KEYS: state, boards, wanted, sorted set, filling sorted set, pairs hash, filling pairs hash.
-- ARGV: epoch, name, now, then (partition, offset) pairs.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return redis.error_reply('FENCED another holder wrote here') end
for i = 4, #ARGV, 2 do
    if redis.call('HGET', KEYS[1], 'p' .. ARGV[i]) ~= ARGV[i + 1] then
        return redis.error_reply('MOVED the cursor is elsewhere')
    end
end
redis.call('DEL', KEYS[4], KEYS[6])
if redis.call('EXISTS', KEYS[5]) == 1 then redis.call('RENAME', KEYS[5], KEYS[4]) end
if redis.call('EXISTS', KEYS[7]) == 1 then redis.call('RENAME', KEYS[7], KEYS[6]) end
redis.call('HSETNX', KEYS[2], ARGV[2], ARGV[3])
redis.call('SREM', KEYS[3], ARGV[2])
return 'OK'
