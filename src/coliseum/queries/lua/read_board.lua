-- Reads rows of a live board with the position of the log that it stands at; asks for a board that is not live.
-- KEYS: state, boards, wanted, sorted set.
-- ARGV: name, now (empty: only look, ask for nothing), what the reader knows, scale, then what is asked for:
--   "page", limit, and when it goes on: score and member of the last row of the page before;
--   "from", limit, place from 0;
--   "around", limit, member; "members", members ...
-- Scores are -(total * scale + rest), see coliseum.boards.ties; those of a total of nothing are no members.
-- Answer: {} when not live; 1 when the state is still the one that the reader knows, because then so are the rows; else
-- {state, members, rows}, of each row: member, score, place from 0, how many are better, score of the next better one.
local asked = redis.call('HGET', KEYS[2], ARGV[1])
local state = table.concat(redis.call('HGETALL', KEYS[1]), ' ')
-- Any of the keys may have been evicted. A board without its mark has lost members, even if it has some again.
if not asked or state == '' or not redis.call('ZSCORE', KEYS[4], '') then
    if asked then redis.call('HDEL', KEYS[2], ARGV[1]) end
    if ARGV[2] ~= '' then redis.call('SADD', KEYS[3], ARGV[1]) end
    return {}
end
-- A Valkey without memory refuses this, and can be read all the same.
if ARGV[2] ~= '' and tonumber(asked) < tonumber(ARGV[2]) then redis.pcall('HSET', KEYS[2], ARGV[1], ARGV[2]) end
if state == ARGV[3] then return 1 end

local board, scale = KEYS[4], tonumber(ARGV[4])
local function text(score) return string.format('%.17g', score) end
local above = redis.call('ZCOUNT', board, '-inf', text(-scale))
local nothing = redis.call('ZCOUNT', board, '(' .. text(-scale), '0')
local members = redis.call('ZCARD', board) - 1 - nothing -- without the mark, which is the last

-- Places count members only; those of nothing stand behind the ones above.
local function place_of(index)
    if index < above then return index end
    return math.max(above, index - nothing)
end

local function range(first, stop) -- members and scores from one place to before another
    local rows = {}
    if first < math.min(stop, above) then
        rows = redis.call('ZRANGE', board, first, math.min(stop, above) - 1, 'WITHSCORES')
    end
    if math.max(first, above) < stop then
        local below = redis.call('ZRANGE', board, math.max(first, above) + nothing, stop - 1 + nothing, 'WITHSCORES')
        for i = 1, #below do rows[#rows + 1] = below[i] end
    end
    return rows
end

local function total_of(score) return math.floor(-tonumber(score) / scale) end

local function better_than(total) -- how many members have more, and the score of the last of them
    local count = place_of(redis.call('ZCOUNT', board, '-inf', text(-(total + 1) * scale)))
    if count == 0 then return 0, '' end
    return count, range(count - 1, count)[2]
end

local answer = {}
local function add(rows, first)
    local total, count, better
    for i = 1, #rows, 2 do
        local place, now = first + (i - 1) / 2, total_of(rows[i + 1])
        if not total then
            count, better = better_than(now)
        elseif now ~= total then
            count, better = place, rows[i - 1]
        end
        total = now
        for _, value in ipairs({ rows[i], rows[i + 1], place, count, better }) do answer[#answer + 1] = value end
    end
end

-- Byte by byte, as a sorted set orders its members: Lua's own comparison follows the server's locale.
local function before(one, other)
    for i = 1, #one do
        if one:byte(i) ~= other:byte(i) then return one:byte(i) < other:byte(i) end
    end
    return false
end

local function first_after(score, member)
    local held = redis.call('ZSCORE', board, member)
    if held and tonumber(held) == tonumber(score) then return place_of(redis.call('ZRANK', board, member)) + 1 end
    -- The row has moved since: go on behind the place where it stood.
    local low = redis.call('ZCOUNT', board, '-inf', '(' .. score)
    local high = low + redis.call('ZCOUNT', board, score, score)
    while low < high do
        local middle = math.floor((low + high) / 2)
        local there = redis.call('ZRANGE', board, middle, middle)[1]
        if before(there, member) or there == member then low = middle + 1 else high = middle end
    end
    return place_of(low)
end

if ARGV[5] == 'page' then
    local first = ARGV[7] and first_after(ARGV[7], ARGV[8]) or 0
    add(range(first, math.min(first + tonumber(ARGV[6]), members)), first)
elseif ARGV[5] == 'from' then
    local first = tonumber(ARGV[7])
    add(range(first, math.min(first + tonumber(ARGV[6]), members)), first)
elseif ARGV[5] == 'around' then
    local score = redis.call('ZSCORE', board, ARGV[7])
    if score and total_of(score) ~= 0 then
        local limit, place = tonumber(ARGV[6]), place_of(redis.call('ZRANK', board, ARGV[7]))
        local first = math.max(0, math.min(place - math.floor((limit - 1) / 2), members - limit))
        add(range(first, math.min(first + limit, members)), first)
    end
else
    for i = 6, #ARGV do
        local score = redis.call('ZSCORE', board, ARGV[i])
        if score and total_of(score) ~= 0 then
            add({ ARGV[i], score }, place_of(redis.call('ZRANK', board, ARGV[i])))
        end
    end
end
return { state, members, answer }
