/*
 * eddy_process_…: facts of this process, and its end.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <syslog.h>
#include <unistd.h>

#include "loop/clock.h"
#include "worker.h"

pid_t
eddy_process_pid(void)
{
	return getpid();
}

uint64_t
eddy_process_hrtime(void)
{
	return clock_now_ns();
}

double
eddy_process_uptime(void)
{
	if (!api_here(__func__))
		return 0;
	return (double)(eddy_process_hrtime() - slot_get(worker_self->slot->started_ns)) / 1e9;
}

/* What the pools have mapped. */
static uint64_t
process_external(const struct worker *worker)
{
	return worker->http.conn_pool.mapped + worker->http.exchange_pool.mapped +
	       worker->net.socket_pool.mapped + worker->timers.pool.mapped +
	       worker->timers.ticks.mapped;
}

const char *
eddy_process_env(const char *name)
{
	return api_check(name != NULL, __func__) == 0 ? getenv(name) : NULL;
}

int
eddy_process_cwd(char *buf, size_t n)
{
	int error = api_check(buf != NULL && n > 0, __func__);

	if (error != 0)
		return error;
	if (getcwd(buf, n) != NULL)
		return 0;
	return errno == ERANGE ? EDDY_ETOOBIG : EDDY_ERRNO(errno);
}

int
eddy_process_memory_usage(eddy_memory_usage *usage)
{
	const size_t least = API_SIZE_TO(eddy_memory_usage, heap_used);
	int error = api_check_as(usage != NULL && usage->size >= least, __func__,
				 API_NO_SIZE(eddy_memory_usage));
	const struct slot *slot = worker_self->slot;
	eddy_memory_usage now;

	if (error != 0)
		return error;
	now = (eddy_memory_usage){.rss = slot_get(slot->rss_bytes),
				  .heap_total = slot_get(slot->heap_total_bytes),
				  .heap_used = slot_get(slot->heap_used_bytes),
				  .external = process_external(worker_self)};
	api_fill(usage, &now, sizeof(now));
	return 0;
}

/* The event is SIGTERM's own: where it is acted on, no module's function is on the stack. */
int
eddy_process_exit(int code)
{
	struct worker *worker = worker_self;
	bool loading = slot_get(worker->slot->callback) == SLOT_LOAD;
	int error = api_check_as(!loading, __func__, "`load` refuses by what it returns");

	if (error != 0 || worker->draining || worker->exiting)
		return error;
	worker->exiting = true;
	eddy_log(NULL, code == 0 ? LOG_NOTICE : LOG_WARNING,
		 "exit with code %d: this worker drains, and another takes its place", code);
	event_active(&worker->term_event, EV_SIGNAL, 1);
	return 0;
}

int
eddy_process_replace(void)
{
	struct worker *worker = worker_self;
	bool loading = slot_get(worker->slot->callback) == SLOT_LOAD;
	int error = api_check_as(!loading, __func__, "the worker does not serve yet");

	if (error == 0 && !worker->draining && !worker->exiting)
		link_replace(worker);
	return error;
}

static uint64_t
timeval_us(struct timeval time)
{
	return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

int
eddy_process_cpu_usage(eddy_cpu_usage *usage)
{
	const size_t least = API_SIZE_TO(eddy_cpu_usage, system);
	int error = api_check_as(usage != NULL && usage->size >= least, __func__,
				 API_NO_SIZE(eddy_cpu_usage));
	struct rusage now;

	if (error != 0)
		return error;
	getrusage(RUSAGE_SELF, &now);
	api_fill(usage,
		 &(eddy_cpu_usage){.user = timeval_us(now.ru_utime),
				   .system = timeval_us(now.ru_stime)},
		 sizeof(*usage));
	return 0;
}
