-- A live board and where it stands, whole. KEYS: state, boards, sorted set. ARGV: name.
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 then return {} end
return { redis.call('HGETALL', KEYS[1]), redis.call('ZRANGE', KEYS[3], 0, -1, 'WITHSCORES') }
