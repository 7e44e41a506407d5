-- One step of the ledger's life: says what time it is here, and writes where the writer decided on what is
-- really kept and read the time right.
--
-- KEYS[1]  the ledger: a hash of `version`, `document`, `alive` and `at`
-- ARGV[1]  the version that the writer has seen; 0 for none
-- ARGV[2]  the document to write; empty to look only
-- ARGV[3]  who is alive, as the writer saw it
-- ARGV[4]  the moment for which the writer decided, in microseconds
-- ARGV[5]  by how much that may be wrong
-- ARGV[6]  the version to write
-- ARGV[7]  after how many seconds without a change it may go
--
-- Gives the time, the version kept before, whether it was written, and what is kept where that is news.
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local time = string.format('%.0f', now)
local version = redis.call('HGET', KEYS[1], 'version') or '0'
if version ~= ARGV[1] then
  local kept = redis.call('HMGET', KEYS[1], 'document', 'alive', 'at')
  return {time, version, 0, kept[1], kept[2], kept[3]}
end
if ARGV[2] == '' then
  return {time, version, 1}
end
if math.abs(now - ARGV[4]) > tonumber(ARGV[5]) then
  return {time, version, 0}
end
redis.call('HSET', KEYS[1], 'version', ARGV[6], 'document', ARGV[2], 'alive', ARGV[3], 'at', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[7])
return {time, version, 1}
