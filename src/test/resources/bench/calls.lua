-- Calls of the API for wrk: each thread is one caller with one connection, and one call at a time.
-- Arguments: what to do (create, cycle, resume, list), what to name (a prefix, or a path), and how many actors to walk over (0: one each).
-- Prints one line of JSON: how many calls of the kind that is measured, how many failed, seconds, and percentiles in milliseconds.
local ffi = require("ffi")
ffi.cdef [[
  typedef struct { long seconds; long nanos; } bench_time;
  int clock_gettime(int clock, bench_time *time);
]]
local MONOTONIC = 1
local time = ffi.new("bench_time")

local function millis()
  ffi.C.clock_gettime(MONOTONIC, time)
  return tonumber(time.seconds) * 1e3 + tonumber(time.nanos) / 1e6
end

local threads = {}

function setup(thread)
  thread:set("caller", #threads)
  table.insert(threads, thread)
end

local headers = { ["Content-Type"] = "application/json" }
local awake = false
local turn = 0
local started = 0
local what, name, actors, callers

function init(args)
  what, name, actors, callers = args[1], args[2], tonumber(args[3]), tonumber(args[4])
  times, failed, failure = {}, 0, ""
end

-- actors of a walk are spread: two calls that follow each other share no page of the table
local function actor()
  if actors == 0 then
    return name .. caller
  end
  local number = ((turn * callers + caller) * 7919) % actors
  return string.format(name, number % 100, number)
end

function request()
  started = millis()
  if what == "list" then
    return wrk.format("GET", name)
  elseif what == "create" then
    return wrk.format("POST", "/v1/atespaces/default/actors", headers, string.format(
      '{"id": "%s%d-%d", "template": {"namespace": "bench", "name": "simulated"}}', name, caller, turn))
  end
  return wrk.format("POST", actor() .. (awake and ":suspend" or ":resume"), headers)
end

function response(status, _, body)
  local took = millis() - started
  local good = status == 200 or status == 201
  if not awake then
    if good then
      table.insert(times, took)
    else
      failed, failure = failed + 1, status .. " " .. body
    end
  elseif not good then
    failed, failure = failed + 1, status .. " " .. body
  end
  if what == "cycle" and good and not awake then
    awake = true
  else
    awake = false
    turn = turn + 1
  end
end

function done(summary)
  local all, failures, last = {}, 0, ""
  for _, thread in ipairs(threads) do
    for _, took in ipairs(thread:get("times")) do
      table.insert(all, took)
    end
    failures = failures + thread:get("failed")
    if thread:get("failure") ~= "" then
      last = thread:get("failure")
    end
  end
  table.sort(all)
  local function percentile(share)
    return all[math.max(1, math.ceil(#all * share))] or -1
  end
  print(string.format('{"count": %d, "failed": %d, "seconds": %f, "p50": %f, "p95": %f, "p99": %f, "failure": "%s"}',
    #all, failures + summary.errors.connect + summary.errors.read + summary.errors.timeout, summary.duration / 1e6,
    percentile(0.5), percentile(0.95), percentile(0.99), (last:gsub('[%c"\\]', "'"))))
end
