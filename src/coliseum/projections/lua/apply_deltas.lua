-- Adds a range of the log to the live boards, if the stored cursor stands at its start and the fence allows it.
-- KEYS: state, boards, wanted, then (sorted set, pairs hash) of each touched board.
-- ARGV: epoch, partition, start, end, "c" if the catalogue changed, number of boards to remake, their names ...,
-- then the number of parts and for each: members (8 bytes each) or pairs of member and fan (16 bytes), sums (8 bytes),
-- Unix milliseconds of the last entries (8 bytes; none for pairs);
-- then how many boards are touched, and for each: "t" for totals or "u" for unique fans, name, base and bits of its order
-- among equals, number of its parts, which parts ...;
-- then, when the last of them becomes another one: its name until now, its new name, now in Unix seconds (when it is not
-- known when it was asked for), and the Unix millisecond at which the new window begins. KEYS then end with the other one's.
-- Numbers are big-endian; a sum is below 2^53, so that a Lua number holds it exactly.
-- A board of which something was evicted is not whole any more, and one of which a member shrank so far that more would
-- have to be known of its moment than is kept: it becomes wanted.
local state = redis.call('HMGET', KEYS[1], 'epoch', 'p' .. ARGV[2])
if state[1] ~= ARGV[1] then return redis.error_reply('FENCED another holder wrote here') end
if state[2] ~= ARGV[3] then return redis.error_reply('MOVED the cursor is elsewhere') end

local AT_ONCE = 1000 -- what Lua can unpack into one call is bounded

local function remake(name)
    redis.call('HDEL', KEYS[2], name)
    redis.call('SADD', KEYS[3], name)
end

-- How a score is made: see coliseum.boards.ties. All of it is exact in doubles.
local function unit_of(total, bits, scale)
    local size = math.abs(total)
    for level = 0, 3 do
        if size < 2 ^ (53 - bits + 8 * level) then return math.min(scale, 2 ^ (8 * level)) end
    end
    return scale
end

-- The member's new score, from its score until now (false: it had none); nil when its moment cannot be known.
local function added(score, amount, last_ms, base, bits, scale)
    local total, rest, unit = 0, scale - 1, 1
    if score then
        total = math.floor(-score / scale)
        rest = -score - total * scale
        unit = unit_of(total, bits, scale)
    end
    local sum = total + amount
    local fine = unit_of(sum, bits, scale)
    local moment = scale - 1 - math.min(math.max(last_ms - base, 0), scale - 1)
    if fine < unit and moment >= rest then return nil end
    rest = math.min(rest, moment)
    return -(sum * scale + math.floor(rest / fine) * fine)
end

-- Many are read at once and written at once: one command for each would take twice the time. False: to be remade.
local function add(board, members, amounts, lasts, base, bits)
    local scale = 2 ^ bits
    for first = 1, #members, AT_ONCE do
        local last = math.min(first + AT_ONCE - 1, #members)
        local scores = redis.call('ZMSCORE', board, unpack(members, first, last))
        local set, gone = {}, {}
        for place = first, last do
            local before = scores[place - first + 1]
            local score = added(before and tonumber(before), amounts[place], lasts[place] or 0, base, bits, scale)
            if not score then return false end
            if bits == 0 and score == 0 then
                gone[#gone + 1] = members[place]
            else
                set[#set + 1] = score
                set[#set + 1] = members[place]
            end
        end
        if #set > 0 then redis.call('ZADD', board, unpack(set)) end
        if #gone > 0 then redis.call('ZREM', board, unpack(gone)) end
    end
    return true
end

-- How many fans each member gains and loses by what is added to its pairs.
local function count_fans(hash, pairs, amounts)
    local change, members, gains = {}, {}, {}
    for place = 1, #pairs do
        local pair, amount = pairs[place], amounts[place]
        local now = redis.call('HINCRBY', hash, pair, amount)
        local before = now - amount
        if now == 0 then redis.call('HDEL', hash, pair) end
        local fans = (now > 0 and 1 or 0) - (before > 0 and 1 or 0)
        if fans ~= 0 then
            local member = string.sub(pair, 1, 8)
            change[member] = (change[member] or 0) + fans
        end
    end
    for member, fans in next, change do
        if fans ~= 0 then
            members[#members + 1] = member
            gains[#gains + 1] = fans
        end
    end
    return members, gains
end

local at = 7
for _ = 1, tonumber(ARGV[6]) do
    remake(ARGV[at])
    at = at + 1
end
local parts = {}
for part = 1, tonumber(ARGV[at]) do
    local names, sums, moments = ARGV[at + 3 * part - 2], ARGV[at + 3 * part - 1], ARGV[at + 3 * part]
    local members, amounts, lasts = {}, {}, {}
    local width = #names / (#sums / 8)
    for place = 1, #sums / 8 do
        members[place] = string.sub(names, (place - 1) * width + 1, place * width)
        amounts[place] = struct.unpack('>i8', sums, place * 8 - 7)
        if moments ~= '' then lasts[place] = struct.unpack('>i8', moments, place * 8 - 7) end
    end
    parts[part] = { members, amounts, lasts }
end
at = at + 3 * #parts + 1
local boards = tonumber(ARGV[at])
at = at + 1
local turned = {}
for board = 1, boards do
    local key = 2 + 2 * board
    local unique, name, base, bits = ARGV[at] == 'u', ARGV[at + 1], tonumber(ARGV[at + 2]), tonumber(ARGV[at + 3])
    local count = tonumber(ARGV[at + 4])
    local whole = redis.call('ZSCORE', KEYS[key], '') and (not unique or redis.call('HEXISTS', KEYS[key + 1], '') == 1)
    for place = at + 5, at + 4 + count do
        if not whole then break end
        local part = parts[tonumber(ARGV[place])]
        if unique then
            local members, gains = count_fans(KEYS[key + 1], part[1], part[2])
            whole = add(KEYS[key], members, gains, {}, base, bits)
        else
            whole = add(KEYS[key], part[1], part[2], part[3], base, bits)
        end
    end
    if not whole then
        remake(name)
        redis.call('UNLINK', KEYS[key], KEYS[key + 1])
    end
    turned = { key, unique, whole, base, bits }
    at = at + 5 + count
end
if ARGV[at] then -- the last board becomes another one
    local key, unique, whole, base, bits = unpack(turned)
    local old, new, now, start = ARGV[at], ARGV[at + 1], ARGV[at + 2], tonumber(ARGV[at + 3])
    -- Turning is no reading: a board that nobody asks for is dropped, however often its window moves on.
    local asked = redis.call('HGET', KEYS[2], old) or now
    redis.call('HDEL', KEYS[2], old)
    redis.call('SREM', KEYS[3], old)
    if whole then
        redis.call('RENAME', KEYS[key], KEYS[key + 2])
        if unique then redis.call('RENAME', KEYS[key + 1], KEYS[key + 3]) end
        -- Those whose last entry has left the window: nothing that may still come is older.
        local scale = 2 ^ bits
        local edge = -(scale - 1 - math.max(0, start - base))
        if bits > 0 then
            redis.call('ZREMRANGEBYSCORE', KEYS[key + 2], string.format('(%.17g', -scale), string.format('(%.17g', edge))
        end
        redis.call('HSET', KEYS[2], new, asked)
        redis.call('SREM', KEYS[3], new)
    else
        redis.call('SADD', KEYS[3], new)
    end
end
redis.call('HSET', KEYS[1], 'p' .. ARGV[2], ARGV[4])
if ARGV[5] == 'c' then redis.call('HSET', KEYS[1], 'catalog', ARGV[2] .. ':' .. ARGV[4]) end
return 'OK'
