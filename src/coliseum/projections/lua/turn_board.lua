-- Makes the board of a rolling window the board of the next hour, if it stands where its new content was worked out. What
-- is written was prepared before, so that Valkey is held no longer than writing takes.
-- KEYS: state, boards, wanted, sorted set and pairs hash until now, and from now on.
-- ARGV: epoch, name until now, new name, now in Unix seconds, "t" or "u" (totals, unique fans); the number of cursors and
-- partition and offset of each; then numbers of words, each followed by as many: members that go; score and member of
-- those that change; pairs that go; pair and total of those that change; a range of scores that goes.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return redis.error_reply('FENCED another holder wrote here') end

local AT_ONCE = 2000 -- what Lua can unpack into one call is bounded; even, because some words come in twos
local at = 7 + 2 * tonumber(ARGV[6])
for i = 7, at - 2, 2 do
    if redis.call('HGET', KEYS[1], 'p' .. ARGV[i]) ~= ARGV[i + 1] then
        return redis.error_reply('MOVED the cursor is elsewhere')
    end
end

local function change(verb, key)
    local first = at + 1
    at = first + tonumber(ARGV[at])
    for start = first, at - 1, AT_ONCE do
        redis.call(verb, key, unpack(ARGV, start, math.min(start + AT_ONCE, at) - 1))
    end
end

redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('SREM', KEYS[3], ARGV[2])
-- A board of which something was evicted is not whole any more.
local unique = ARGV[5] == 'u'
if not redis.call('ZSCORE', KEYS[4], '') or (unique and redis.call('HEXISTS', KEYS[5], '') == 0) then
    redis.call('UNLINK', KEYS[4], KEYS[5])
    redis.call('SADD', KEYS[3], ARGV[3])
    return 'OK'
end
change('ZREM', KEYS[4])
change('ZADD', KEYS[4])
change('HDEL', KEYS[5])
change('HSET', KEYS[5])
change('ZREMRANGEBYSCORE', KEYS[4])
redis.call('RENAME', KEYS[4], KEYS[6])
if unique then redis.call('RENAME', KEYS[5], KEYS[7]) end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
redis.call('SREM', KEYS[3], ARGV[3])
return 'OK'
