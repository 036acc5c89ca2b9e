-- Makes a filled board live, if it was filled at exactly the stored cursors and nothing of it was evicted meanwhile.
-- KEYS: state, boards, wanted, sorted set, filling sorted set, pairs hash, filling pairs hash.
-- ARGV: epoch, name, now, "t" or "u" (totals, unique fans), then (partition, offset) pairs.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return redis.error_reply('FENCED another holder wrote here') end
for i = 5, #ARGV, 2 do
    if redis.call('HGET', KEYS[1], 'p' .. ARGV[i]) ~= ARGV[i + 1] then
        return redis.error_reply('MOVED the cursor is elsewhere')
    end
end
-- The mark of a whole board was the first thing that was put aside: see Board.
local whole = redis.call('ZSCORE', KEYS[5], '') and (ARGV[4] == 't' or redis.call('HEXISTS', KEYS[7], '') == 1)
if not whole then return redis.error_reply('MOVED what was filled is gone') end
redis.call('DEL', KEYS[4], KEYS[6])
redis.call('RENAME', KEYS[5], KEYS[4])
if ARGV[4] == 'u' then redis.call('RENAME', KEYS[7], KEYS[6]) end
redis.call('HSETNX', KEYS[2], ARGV[2], ARGV[3])
redis.call('SREM', KEYS[3], ARGV[2])
return 'OK'
