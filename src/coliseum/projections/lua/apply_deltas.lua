-- Adds a range of the log to the live boards, if the stored cursor stands at its start and the fence allows it.
-- KEYS: state, boards, wanted, then (sorted set, pairs hash) of each touched board.
-- ARGV: epoch, partition, start, end, "c" if the catalogue changed, number of boards to remake, their names ...,
-- then for each touched board:
--   "t", name, members (8 bytes each), sums (8 bytes each)    a board of totals
--   "u", name, pairs of member and fan (16 bytes each), sums    a board of unique fans
-- Numbers are big-endian; a sum is below 2^53, so that a Lua number holds it exactly.
-- A board of which something was evicted is not whole any more: it becomes wanted.
local state = redis.call('HMGET', KEYS[1], 'epoch', 'p' .. ARGV[2])
if state[1] ~= ARGV[1] then return redis.error_reply('FENCED another holder wrote here') end
if state[2] ~= ARGV[3] then return redis.error_reply('MOVED the cursor is elsewhere') end

local function add(board, member, amount)
    -- Scores are negated totals, so that ascending order is the order of display; a zero is no member.
    if tonumber(redis.call('ZINCRBY', board, -amount, member)) == 0 then
        redis.call('ZREM', board, member)
    end
end

local function remake(name)
    redis.call('HDEL', KEYS[2], name)
    redis.call('SADD', KEYS[3], name)
end

local at = 7
for _ = 1, tonumber(ARGV[6]) do
    remake(ARGV[at])
    at = at + 1
end
for key = 4, #KEYS, 2 do
    local unique, name, names, sums = ARGV[at] == 'u', ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
    at = at + 4
    local whole = redis.call('ZSCORE', KEYS[key], '') and (not unique or redis.call('HEXISTS', KEYS[key + 1], '') == 1)
    if not whole then
        remake(name)
        redis.call('UNLINK', KEYS[key], KEYS[key + 1])
        sums = ''
    end
    for place = 1, #sums, 8 do
        local delta = struct.unpack('>i8', sums, place)
        if unique then
            local pair = string.sub(names, place * 2 - 1, place * 2 + 14)
            local now = redis.call('HINCRBY', KEYS[key + 1], pair, delta)
            local before = now - delta
            if now == 0 then redis.call('HDEL', KEYS[key + 1], pair) end
            if before <= 0 and now > 0 then add(KEYS[key], string.sub(pair, 1, 8), 1) end
            if before > 0 and now <= 0 then add(KEYS[key], string.sub(pair, 1, 8), -1) end
        else
            add(KEYS[key], string.sub(names, place, place + 7), delta)
        end
    end
end
redis.call('HSET', KEYS[1], 'p' .. ARGV[2], ARGV[4])
if ARGV[5] == 'c' then redis.call('HSET', KEYS[1], 'catalog', ARGV[2] .. ':' .. ARGV[4]) end
return 'OK'
