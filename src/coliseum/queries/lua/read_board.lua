-- Reads a page of a live board with the position of the log that it stands at; asks for a board that is not live.
-- KEYS: state, boards, wanted, sorted set. ARGV: name, now, limit, [score, member] of the last row of the page before.
-- Scores are negated totals. Answer: {} when not live, else {members, rank, position, rows}.
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then
    redis.call('SADD', KEYS[3], ARGV[1])
    return {}
end
if tonumber(redis.call('HGET', KEYS[2], ARGV[1])) < tonumber(ARGV[2]) then
    redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
end
-- Byte by byte, as a sorted set orders its members: Lua's own comparison follows the server's locale.
local function before(one, other)
    for i = 1, #one do
        if one:byte(i) ~= other:byte(i) then return one:byte(i) < other:byte(i) end
    end
    return false
end
local first = 0
if ARGV[4] then
    local held = redis.call('ZSCORE', KEYS[4], ARGV[5])
    if held and tonumber(held) == tonumber(ARGV[4]) then
        first = redis.call('ZRANK', KEYS[4], ARGV[5]) + 1
    else
        -- The row has moved since: go on behind the place where it stood.
        first = redis.call('ZCOUNT', KEYS[4], '-inf', '(' .. ARGV[4])
        local ties = redis.call('ZCOUNT', KEYS[4], ARGV[4], ARGV[4])
        local low, high = first, first + ties
        while low < high do
            local middle = math.floor((low + high) / 2)
            local there = redis.call('ZRANGE', KEYS[4], middle, middle)[1]
            if before(there, ARGV[5]) or there == ARGV[5] then low = middle + 1 else high = middle end
        end
        first = low
    end
end
local rows = redis.call('ZRANGE', KEYS[4], first, first + tonumber(ARGV[3]) - 1, 'WITHSCORES')
local rank = 0
if rows[2] then rank = redis.call('ZCOUNT', KEYS[4], '-inf', '(' .. rows[2]) + 1 end
return { redis.call('ZCARD', KEYS[4]), rank, first, redis.call('HGETALL', KEYS[1]), rows }
