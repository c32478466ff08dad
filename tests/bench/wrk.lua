-- What wrk sends is the file of bytes that BENCH_REQUEST names: one request, or several that are pipelined.
-- What it has counted comes as one line of JSON.

local function slurp(path)
	local file = assert(io.open(path, "rb"))
	local bytes = file:read("*a")
	file:close()
	return bytes
end

local bytes = slurp(os.getenv("BENCH_REQUEST"))

-- Called once, not for each request: wrk goes on without Lua.
function wrk.format()
	return bytes
end

function done(summary)
	local errors = summary.errors
	io.write(string.format(
		'result {"requests": %d, "bytes": %d, "us": %d, "connect": %d, "read": %d, "write": %d, ' ..
			'"status": %d, "timeout": %d}\n',
		summary.requests, summary.bytes, summary.duration, errors.connect, errors.read, errors.write,
		errors.status, errors.timeout))
end
