-- A live board and where it stands, whole. KEYS: state, boards, sorted set. ARGV: name.
-- {} when it is not live, or when something of it was evicted. The last member is the mark of a whole board.
if redis.call('HEXISTS', KEYS[2], ARGV[1]) == 0 or not redis.call('ZSCORE', KEYS[3], '') then return {} end
return { redis.call('HGETALL', KEYS[1]), redis.call('ZRANGE', KEYS[3], 0, -2, 'WITHSCORES') }
