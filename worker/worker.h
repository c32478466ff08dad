/*
 * The worker: one process, one loop, and all that it owns.
 *
 *	INIT ----> READY ----> ACCEPTING ----> DRAINING ----> exit 0
 *	  |   all modules  ACCEPT        DRAIN, TERM, or     nothing is under way any more,
 *	  |   loaded                     the master is gone  or drain_timeout has passed
 *	  +----> FAIL with the reason, exit 3
 */
#ifndef EDDY_WORKER_WORKER_H
#define EDDY_WORKER_WORKER_H

#include <event2/event_struct.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/resource.h>

#include "api.h"
#include "conf/conf.h"
#include "contract.h"
#include "http/client.h"
#include "http/http.h"
#include "loop/loop.h"
#include "loop/threads.h"
#include "module/module.h"
#include "module/route.h"
#include "module/timer.h"
#include "net/dns.h"
#include "net/gate.h"
#include "net/net.h"
#include "trace.h"

struct topic;
LIST_HEAD(topic_list, topic);

struct signal_listener;
TAILQ_HEAD(signal_listener_list, signal_listener);

struct worker {
	/* what the master has handed over */
	struct contract_hello hello;
	char *module_dir;
	struct conf *conf;
	struct scoreboard board;
	struct quarantine_board quarantine;
	struct slot *slot;
	int link;
	int *listeners; /* hello.sockets of each of conf.listens, until the gates have them; -1: none */
	size_t nlisteners;
	int access_fd; /* the access log's file until http.access takes it; -1: none */

	/* what it makes of it */
	struct loop loop;
	struct threads threads;	     /* for files */
	struct threads name_threads; /* for the hosts file: names do not wait for files */
	struct calls calls;
	struct trace trace;
	struct eddy_module *modules;
	size_t nmodules;
	struct router router;
	struct net net;
	struct http http;
	struct client client;			      /* eddy_http_request … */
	struct gate *gates;			      /* one per listener */
	struct topic_list topics;		      /* eddy_cluster_on */
	struct signal_listener_list signal_listeners; /* eddy_process_on */
	struct timers timers;			      /* eddy_set_timeout … */
	struct handles files;			      /* eddy_fs_open */
	struct dns dns;				      /* eddy_dns_lookup … */

	/* its own events */
	struct event link_event, link_writable, tick_event, drain_event, term_event, quit_event;
	struct contract_message *message; /* what the link has brought last */
	unsigned owed;			  /* messages that the link had no room for: bits by type */
	uint32_t reopened;		  /* as told to the master */
	uint64_t log_dropped;		  /* lines since the last one that got through */
	uint64_t tick_due_ns, lag_max_us;
	unsigned ticks;
	int tick;  /* the timerfd that wakes for tick_event */
	int statm; /* /proc/self/statm, kept open: reading it touches no disk */
	bool draining, aborted, refused;
	bool exiting; /* a module has said so: it drains when the callback has returned */
	uint64_t trouble_said_ns[TROUBLES]; /* when the log was told last; 0: never */
};

/*
 * worker.c: in the order of a worker's life; 0, or -1 when the master has been told why (or is
 * gone).
 */
int worker_init(struct worker *worker, int link);
int worker_load(struct worker *worker);
int worker_run(struct worker *worker);
/* False: a thread hangs in the kernel, with memory that it uses: nothing but _exit is safe. */
bool worker_fini(struct worker *worker);

/*
 * Stops accepting and finishes what is under way; the loop ends when that is done. Safe to call
 * twice.
 */
void worker_drain(struct worker *worker);
/* The master has died: it leaves, soon. */
void worker_orphaned(struct worker *worker);
/* While it leaves: as if drain_timeout had passed. */
void worker_hurry(struct worker *worker);

/* accept.c ------------------------------------------------------------------------ */

/* What the worker does for its net. */
extern const struct net_events worker_net_events;
/*
 * A module that has been loaded refuses, before the worker is ready; `worker` is a struct worker.
 * The master is told, and the loop ends.
 */
void worker_refused(void *worker, struct eddy_module *module, const char *why);
/* Sets the limit of connections, by conf and rlimit, and opens the conf's gates. */
void worker_accept_init(struct worker *worker);
/* Starts accepting: the master's word, given when the whole generation is ready. */
void worker_accept(struct worker *worker);
/* Every SLOT_TICK_MS: looks after the sockets of workers that do not. */
void worker_accept_tick(struct worker *worker);
/* Says in the log what is wrong with the access log; once a second. */
void worker_report_access(struct worker *worker);

/* link.c: what is said to the master. */
/* Reads HELLO, waiting for it: nothing else can be done yet. 0 or -1. */
int link_open(struct worker *worker);
/* Listens in the loop from now on. */
void link_start(struct worker *worker);
void link_ready(struct worker *worker);
void link_stopped(struct worker *worker);
/* The access log's files have been opened anew since it was told last: tells it. */
void link_reopened(struct worker *worker);
void link_replace(struct worker *worker);
/* Asks for a listener, gives it back; net_events. */
int link_listen(void *arg, uint32_t id, const char *address);
int link_unlisten(void *arg, uint32_t id);
void link_fail(struct worker *worker, enum contract_fail_kind kind, size_t index, const char *why);
void link_log(struct worker *worker, int priority, const char *module, const char *text, size_t n);
/* The same from another thread than the loop's. */
void link_log_aside(struct worker *worker, int priority, const char *module, const char *text,
		    size_t n);

/* stats.c: the worker's part of the scoreboard, every SLOT_TICK_MS. 0 or -errno. */
int stats_start(struct worker *worker);
void stats_stop(struct worker *worker);

/* module/cluster.c, signal.c, fs.c: what modules have left behind. */
void cluster_deliver(struct worker *worker, const char *topic, size_t topic_n, eddy_str message);
void cluster_fini(struct worker *worker);
void signal_deliver(struct worker *worker, int signal);
void signals_fini(struct worker *worker);
void fs_fini(struct worker *worker);

#endif
