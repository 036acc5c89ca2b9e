-- Makes the board of a rolling window the board of the next hour, if it stands where its new content was worked out. What
-- is written was prepared before, so that Valkey is held no longer than writing takes.
-- KEYS: state, boards, wanted, sorted set and pairs hash until now, and from now on.
-- ARGV: epoch, name until now, new name, now in Unix seconds, "t" or "u" (totals, unique fans); then counts, each followed
-- by as many: partition and offset of each cursor; members that go; score and member of those that change; pairs that
-- go; pair and total of those that change; at most one range of scores that goes.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return redis.error_reply('FENCED another holder wrote here') end

local AT_ONCE = 2000 -- what Lua can unpack into one call is bounded; even, because some come in twos
local at = 6

local function each(width, act)
    local first = at + 1
    at = first + tonumber(ARGV[at]) * width
    for start = first, at - 1, AT_ONCE do
        local refused = act(start, math.min(start + AT_ONCE, at) - 1)
        if refused then return refused end
    end
end

local moved = each(2, function(first, last)
    for i = first, last, 2 do
        if redis.call('HGET', KEYS[1], 'p' .. ARGV[i]) ~= ARGV[i + 1] then
            return redis.error_reply('MOVED the cursor is elsewhere')
        end
    end
end)
if moved then return moved end

redis.call('HDEL', KEYS[2], ARGV[2])
redis.call('SREM', KEYS[3], ARGV[2])
-- A board of which something was evicted is not whole any more.
local unique = ARGV[5] == 'u'
if not redis.call('ZSCORE', KEYS[4], '') or (unique and redis.call('HEXISTS', KEYS[5], '') == 0) then
    redis.call('UNLINK', KEYS[4], KEYS[5])
    redis.call('SADD', KEYS[3], ARGV[3])
    return 'OK'
end
each(1, function(first, last) redis.call('ZREM', KEYS[4], unpack(ARGV, first, last)) end)
each(2, function(first, last) redis.call('ZADD', KEYS[4], unpack(ARGV, first, last)) end)
each(1, function(first, last) redis.call('HDEL', KEYS[5], unpack(ARGV, first, last)) end)
each(2, function(first, last) redis.call('HSET', KEYS[5], unpack(ARGV, first, last)) end)
each(2, function(first, last) redis.call('ZREMRANGEBYSCORE', KEYS[4], ARGV[first], ARGV[last]) end)
redis.call('RENAME', KEYS[4], KEYS[6])
if unique then redis.call('RENAME', KEYS[5], KEYS[7]) end
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
redis.call('SREM', KEYS[3], ARGV[3])
return 'OK'
