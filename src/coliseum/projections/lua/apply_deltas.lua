-- Adds a range of the log to the live boards, if the stored cursor stands at its start and the fence allows it.
-- KEYS: state, boards, wanted, then (sorted set, pairs hash) of each touched board.
-- ARGV: epoch, partition, start, end, "c" if the catalogue changed, number of boards to remake, their names ...,
-- then for each touched board:
--   "t", name, n, (member, delta) * n    a board of totals
--   "u", name, n, (member, fan, delta) * n    a board of unique fans
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
    local unique, name, n = ARGV[at] == 'u', ARGV[at + 1], tonumber(ARGV[at + 2])
    at = at + 3
    local whole = redis.call('ZSCORE', KEYS[key], '') and (not unique or redis.call('HEXISTS', KEYS[key + 1], '') == 1)
    if not whole then
        remake(name)
        redis.call('UNLINK', KEYS[key], KEYS[key + 1])
        at = at + n * (unique and 3 or 2)
        n = 0
    end
    for _ = 1, n do
        if unique then
            local member, fan, delta = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
            at = at + 3
            local now = redis.call('HINCRBY', KEYS[key + 1], member .. fan, delta)
            local before = now - delta
            if now == 0 then redis.call('HDEL', KEYS[key + 1], member .. fan) end
            if before <= 0 and now > 0 then add(KEYS[key], member, 1) end
            if before > 0 and now <= 0 then add(KEYS[key], member, -1) end
        else
            add(KEYS[key], ARGV[at], tonumber(ARGV[at + 1]))
            at = at + 2
        end
    end
end
redis.call('HSET', KEYS[1], 'p' .. ARGV[2], ARGV[4])
if ARGV[5] == 'c' then redis.call('HSET', KEYS[1], 'catalog', ARGV[2] .. ':' .. ARGV[4]) end
return 'OK'
