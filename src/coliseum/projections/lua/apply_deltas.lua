-- Adds a range of the log to the live boards, if the stored cursor stands at its start and the fence allows it.
-- KEYS: state, boards, wanted, then (sorted set, pairs hash) of each touched board.
-- ARGV: epoch, partition, start, end, "c" if the catalogue changed, number of boards to remake, their names ...,
-- then the number of parts and for each: members (8 bytes each) or pairs of member and fan (16 bytes), sums (8 bytes),
-- Unix milliseconds of the last entries (8 bytes; none for pairs);
-- then for each touched board: "t" for totals or "u" for unique fans, name, base and bits of its order among equals,
-- number of its parts, which parts ...
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

-- How a score is made: see coliseum.boards.ties. All of it is exact in doubles: the scale is a power of two.
local function unit_of(total, bits, scale)
    local size = math.abs(total)
    for level = 0, 3 do
        if size < 2 ^ (53 - bits + 8 * level) then return math.min(scale, 2 ^ (8 * level)) end
    end
    return scale
end

-- Many are read at once and written at once: one command for each would take twice the time. No function is called for
-- a member whose moment is kept to the millisecond, as nearly all are: that would take a third more. False: to be remade.
local function add(board, members, amounts, lasts, base, bits)
    local scale, exact = 2 ^ bits, 2 ^ (53 - bits)
    local latest = scale - 1
    for first = 1, #members, AT_ONCE do
        local last = math.min(first + AT_ONCE - 1, #members)
        local scores = redis.call('ZMSCORE', board, unpack(members, first, last))
        local set, gone, filled = {}, {}, 0
        for place = first, last do
            local score, total, rest = scores[place - first + 1], 0, latest
            if score then
                score = -score
                rest = score % scale
                total = (score - rest) / scale
            end
            local sum, moment = total + amounts[place], (lasts[place] or 0) - base
            moment = moment <= 0 and latest or moment >= latest and 0 or latest - moment
            if total >= exact or total <= -exact or sum >= exact or sum <= -exact then
                local unit, fine = score and unit_of(total, bits, scale) or 1, unit_of(sum, bits, scale)
                if fine < unit and moment >= rest then return false end -- its moment cannot be known
                if moment < rest then rest = moment end
                rest = rest - rest % fine
            elseif moment < rest then
                rest = moment
            end
            if bits == 0 and sum == 0 then
                gone[#gone + 1] = members[place]
            else
                set[filled + 1], set[filled + 2] = -(sum * scale + rest), members[place]
                filled = filled + 2
            end
        end
        if filled > 0 then redis.call('ZADD', board, unpack(set, 1, filled)) end
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

-- What stands behind each other, many at a time: a call for each takes longer than all else that is done with it.
local function numbers_of(packed)
    local numbers, count = {}, #packed / 8
    for first = 1, count, AT_ONCE do
        local some = math.min(AT_ONCE, count - first + 1)
        local found = { struct.unpack('>' .. string.rep('i8', some), packed, first * 8 - 7) }
        for place = 1, some do numbers[first + place - 1] = found[place] end
    end
    return numbers
end

local function members_of(packed, width)
    local members, count = {}, #packed / width
    for first = 1, count, AT_ONCE do
        local some = math.min(AT_ONCE, count - first + 1)
        local found = { struct.unpack(string.rep('c' .. width, some), packed, (first - 1) * width + 1) }
        for place = 1, some do members[first + place - 1] = found[place] end
    end
    return members
end

local at = 7
for _ = 1, tonumber(ARGV[6]) do
    remake(ARGV[at])
    at = at + 1
end
local parts = {}
for part = 1, tonumber(ARGV[at]) do
    local names, sums, moments = ARGV[at + 3 * part - 2], ARGV[at + 3 * part - 1], ARGV[at + 3 * part]
    local width = sums == '' and 8 or #names / (#sums / 8)
    parts[part] = { members_of(names, width), numbers_of(sums), numbers_of(moments) }
end
at = at + 3 * #parts + 1
for key = 4, #KEYS, 2 do
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
    at = at + 5 + count
end
redis.call('HSET', KEYS[1], 'p' .. ARGV[2], ARGV[4])
if ARGV[5] == 'c' then redis.call('HSET', KEYS[1], 'catalog', ARGV[2] .. ':' .. ARGV[4]) end
return 'OK'
