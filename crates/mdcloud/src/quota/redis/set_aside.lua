-- Puts a ledger that cannot be read under another name, unless somebody else was faster.
--
-- KEYS[1]  the ledger   KEYS[2]  its new name
-- ARGV[1]  the version that cannot be read; empty where it is no ledger at all
-- ARGV[2]  after how many seconds it may go
--
-- Gives 1 when it is done, 0 when somebody else was faster, 2 when the new name is taken.
local kind = redis.call('TYPE', KEYS[1])['ok']
local version = kind == 'hash' and redis.call('HGET', KEYS[1], 'version') or ''
if kind == 'none' or version ~= ARGV[1] then
  return 0
end
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 2
end
redis.call('RENAME', KEYS[1], KEYS[2])
redis.call('EXPIRE', KEYS[2], ARGV[2])
return 1
