-- Drops boards that nobody reads. KEYS: state, boards, then the keys of their data. ARGV: epoch, names.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return redis.error_reply('FENCED another holder wrote here') end
for i = 2, #ARGV do redis.call('HDEL', KEYS[2], ARGV[i]) end
for i = 3, #KEYS do redis.call('UNLINK', KEYS[i]) end
return 'OK'
