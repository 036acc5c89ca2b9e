-- Adds a range of the log to the live boards, if the stored cursor stands at its start and the fence allows it.
-- KEYS: state, boards, wanted, then (sorted set, pairs hash) of each touched board.
-- ARGV: epoch, partition, start, end, number of boards to remake, their names ..., then for each touched board:
--   "t", n, (member, delta) * n    a board of totals
--   "u", n, (member, fan, delta) * n    a board of unique fans
local state = redis.call('HMGET', KEYS[1], 'epoch', 'p' .. ARGV[2])
if state[1] ~= ARGV[1] then return redis.error_reply('FENCED another holder wrote here') end
if state[2] ~= ARGV[3] then return redis.error_reply('MOVED the cursor is elsewhere') end

local function add(board, member, amount)
    -- Scores are negated totals, so that ascending order is the order of display; a zero is no member.
    if tonumber(redis.call('ZINCRBY', board, -amount, member)) == 0 then
        redis.call('ZREM', board, member)
    end
end

local at = 6
for _ = 1, tonumber(ARGV[5]) do
    redis.call('HDEL', KEYS[2], ARGV[at])
    redis.call('SADD', KEYS[3], ARGV[at])
    at = at + 1
end
for key = 4, #KEYS, 2 do
    local unique, n = ARGV[at] == 'u', tonumber(ARGV[at + 1])
    at = at + 2
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
return 'OK'
