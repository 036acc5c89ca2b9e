-- Reads a page of a live board with the position of the log that it stands at; asks for a board that is not live.
-- KEYS: state, boards, wanted, sorted set.
-- ARGV: name, now, limit, what the reader knows, [score, member] of the last row of the page before.
-- Scores are negated totals. Answer: {} when not live; 1 when the state is still the one that the reader knows, because
-- then so is the page; else {state, members, rank of the first row, its place from 0, rows}.
local asked = redis.call('HGET', KEYS[2], ARGV[1])
local state = table.concat(redis.call('HGETALL', KEYS[1]), ' ')
-- Any of the keys may have been evicted. A board without its mark has lost members, even if it has some again.
if not asked or state == '' or not redis.call('ZSCORE', KEYS[4], '') then
    if asked then redis.call('HDEL', KEYS[2], ARGV[1]) end
    redis.call('SADD', KEYS[3], ARGV[1])
    return {}
end
-- A Valkey without memory refuses this, and can be read all the same.
if tonumber(asked) < tonumber(ARGV[2]) then redis.pcall('HSET', KEYS[2], ARGV[1], ARGV[2]) end
if state == ARGV[4] then return 1 end
-- Byte by byte, as a sorted set orders its members: Lua's own comparison follows the server's locale.
local function before(one, other)
    for i = 1, #one do
        if one:byte(i) ~= other:byte(i) then return one:byte(i) < other:byte(i) end
    end
    return false
end
local first = 0
if ARGV[5] then
    local held = redis.call('ZSCORE', KEYS[4], ARGV[6])
    if held and tonumber(held) == tonumber(ARGV[5]) then
        first = redis.call('ZRANK', KEYS[4], ARGV[6]) + 1
    else
        -- The row has moved since: go on behind the place where it stood.
        first = redis.call('ZCOUNT', KEYS[4], '-inf', '(' .. ARGV[5])
        local ties = redis.call('ZCOUNT', KEYS[4], ARGV[5], ARGV[5])
        local low, high = first, first + ties
        while low < high do
            local middle = math.floor((low + high) / 2)
            local there = redis.call('ZRANGE', KEYS[4], middle, middle)[1]
            if before(there, ARGV[6]) or there == ARGV[6] then low = middle + 1 else high = middle end
        end
        first = low
    end
end
local members = redis.call('ZCARD', KEYS[4]) - 1  -- without the mark, which is the last
local stop = math.min(first + tonumber(ARGV[3]), members)
if first >= stop then return { state, members, 0, first, {} } end
local rows = redis.call('ZRANGE', KEYS[4], first, stop - 1, 'WITHSCORES')
local rank = 1
if first > 0 then rank = redis.call('ZCOUNT', KEYS[4], '-inf', '(' .. rows[2]) + 1 end
return { state, members, rank, first, rows }
