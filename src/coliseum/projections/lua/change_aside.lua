-- One command on a board that stands aside. KEYS: state, what is changed. ARGV: epoch, the command, its arguments.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return redis.error_reply('FENCED another holder wrote here') end
return redis.call(ARGV[2], KEYS[2], unpack(ARGV, 3))
