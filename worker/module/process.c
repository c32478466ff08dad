/*
 * eddy_process_…: facts of this process.
 */
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "worker.h"

pid_t
eddy_process_pid(void)
{
	return getpid();
}

uint64_t
eddy_process_hrtime(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

double
eddy_process_uptime(void)
{
	if (!api_here(__func__))
		return 0;
	return (double)(eddy_process_hrtime() - slot_get(worker_self->slot->started_ns)) / 1e9;
}

int
eddy_process_memory_usage(eddy_memory_usage *usage)
{
	const struct slot *slot = worker_self->slot;
	int error = api_check(usage != NULL && usage->size >= sizeof(*usage), __func__);

	if (error != 0)
		return error;
	usage->rss = slot_get(slot->rss_bytes);
	usage->heap_total = slot_get(slot->heap_total_bytes);
	usage->heap_used = slot_get(slot->heap_used_bytes);
	return 0;
}

int
eddy_process_cpu_usage(eddy_cpu_usage *usage)
{
	int error = api_check(usage != NULL && usage->size >= sizeof(*usage), __func__);
	struct rusage now;

	if (error != 0)
		return error;
	getrusage(RUSAGE_SELF, &now);
	usage->user = (uint64_t)now.ru_utime.tv_sec * 1000000 + (uint64_t)now.ru_utime.tv_usec;
	usage->system = (uint64_t)now.ru_stime.tv_sec * 1000000 + (uint64_t)now.ru_stime.tv_usec;
	return 0;
}
