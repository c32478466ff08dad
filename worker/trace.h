/*
 * The backtrace of the loop's thread, whatever that is doing: CONTRACT_TRACE_SIGNAL has the worker
 * send one to the master.
 */
#ifndef EDDY_WORKER_TRACE_H
#define EDDY_WORKER_TRACE_H

#include <stddef.h>

struct worker;

/* libunwind, as far as it is used. */
struct unwinder {
	void *init_local2, *step, *get_reg; /* trace.c knows what they are */
	void *get_proc_name, *get_proc_info;
};

struct trace {
	struct unwinder unwinder;
	char why[256]; /* there is no unwinder; empty: there is */
	char *text;    /* what is being written; NULL: no signal is taken */
	size_t used;
};

/*
 * From now on this thread, which is to run the loop, answers the signal. Where that cannot be, for
 * want of memory, its slot goes on saying so.
 */
void trace_init(struct worker *worker);
/* And from now on it does not. */
void trace_fini(struct worker *worker);

#endif
