/*
 * eddy_process_…: facts of this process, and the error texts.
 */
#include <string.h>
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
	return (double)(eddy_process_hrtime() - slot_get(worker_self->slot->started_ns)) / 1e9;
}

int
eddy_process_memory_usage(eddy_memory_usage *usage)
{
	const struct slot *slot = worker_self->slot;

	if (usage->size < sizeof(*usage))
		return EDDY_EINVAL;
	usage->rss = slot_get(slot->rss_bytes);
	usage->heap_total = slot_get(slot->heap_total_bytes);
	usage->heap_used = slot_get(slot->heap_used_bytes);
	return 0;
}

int
eddy_process_cpu_usage(eddy_cpu_usage *usage)
{
	struct rusage now;

	if (usage->size < sizeof(*usage))
		return EDDY_EINVAL;
	getrusage(RUSAGE_SELF, &now);
	usage->user = (uint64_t)now.ru_utime.tv_sec * 1000000 + (uint64_t)now.ru_utime.tv_usec;
	usage->system = (uint64_t)now.ru_stime.tv_sec * 1000000 + (uint64_t)now.ru_stime.tv_usec;
	return 0;
}

const char *
eddy_strerror(int error)
{
	switch (error) {
	case EDDY_OK:
		return "no error";
	case EDDY_EINVAL:
		return "an argument is not what the function takes";
	case EDDY_ENOMEM:
		return "out of memory";
	case EDDY_EAGAIN:
		return "not now, try again later";
	case EDDY_ETOOBIG:
		return "larger than the limit";
	case EDDY_EHEADERS_SENT:
		return "the response's head has been written already";
	case EDDY_EWRITE_AFTER_END:
		return "the response has been ended already";
	case EDDY_ECLOSED:
		return "the connection is closed";
	case EDDY_ECONTENT_LENGTH:
		return "more or fewer body bytes than the Content-Length header says";
	case EDDY_EHEADER:
		return "a header name or value with bytes that may not be there";
	case EDDY_EABORTED:
		return "the client left before the body had come whole";
	case EDDY_ETIMEOUT:
		return "it took too long";
	case EDDY_EBADMSG:
		return "the client sent a body with broken framing";
	}
	return "unknown error";
}
