/*
 * What a worker is handed and what it reports: the whole contract between eddyd and eddy-worker.
 *
 * The link: one end of a SOCK_SEQPACKET socketpair, inherited by the worker as CONTRACT_LINK_FD.
 * Every message is one packet: a struct contract_header, a body of the type's struct, and then its
 * text or data. Descriptors travel with HELLO, REOPEN and LISTENING only. End-of-file on the link
 * means that the other side is gone.
 *
 *	master                             worker
 *	HELLO (fds, names)           ->    INIT       parses the conf, loads the modules
 *	                             <-    READY      or FAIL with each reason, then exit 3
 *	ACCEPT                       ->    ACCEPTING
 *	DRAIN                        ->    DRAINING   stops accepting
 *	                             <-    STOPPED    finishes what is under way, exits 0
 *	HURRY                        ->               what is left is answered 503 or closed
 *	REOPEN (fd)                  ->               the access log goes to this file from now on
 *	                             <-    REOPENED   and to no other any more
 *	PUBLISH, LOST                <->              messages between the workers of a generation
 *	                             <-    LISTEN     a module wants to listen, at any time
 *	LISTENING (fd)               ->               one answer to each LISTEN
 *	                             <-    UNLISTEN   it does not want to any more
 *	UNLISTENED                   ->               one answer to each UNLISTEN
 *	SIGNAL                       ->               the master was sent it, and acts on it next
 *	                             <-    REPLACE    another is to take its place, then it drains
 *	                             <-    LOG        one line for the log
 *	                             <-    BACKTRACE  answers the signal CONTRACT_TRACE_SIGNAL
 *
 * The scoreboard: one memfd, one page per slot, so that a wild write in one worker cannot reach the
 * slot of another (each worker maps its own page writable and the rest read-only). Numbers only,
 * never pointers. A slot is written by its worker alone and read with relaxed atomics: each number
 * is whole, two of them may be an instant apart.
 *
 * The quarantine: one memfd per generation, in which the master says which routes, and which modules'
 * HTTP servers, answer 503 because they have killed workers.
 */
#ifndef EDDY_WORKER_CONTRACT_H
#define EDDY_WORKER_CONTRACT_H

#include "conf/conf.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#define CONTRACT_VERSION 5
#define CONTRACT_LINK_FD 3	   /* what a worker inherits besides 0, 1 and 2 */
#define CONTRACT_MESSAGE_MAX 65536 /* bytes of one packet, header included */
#define CONTRACT_FDS_MAX 253	   /* what the kernel lets one message carry (SCM_MAX_FD) */

/* Exit codes of a worker; sysexits(3) where they fit. */
enum contract_exit {
	CONTRACT_EXIT_DRAINED = 0,
	CONTRACT_EXIT_REFUSED = 3, /* conf or module: trying again in this generation is no use */
	CONTRACT_EXIT_USAGE = 64,  /* started by hand */
	CONTRACT_EXIT_INTERNAL = 70,
};

enum contract_type {
	CONTRACT_HELLO = 1,  /* master to worker: struct contract_hello, module directory; fds */
	CONTRACT_READY,	     /* worker to master: no body */
	CONTRACT_FAIL,	     /* worker to master: struct contract_fail, text */
	CONTRACT_ACCEPT,     /* master to worker: no body */
	CONTRACT_DRAIN,	     /* master to worker: no body */
	CONTRACT_LOG,	     /* worker to master: struct contract_log, module name, text */
	CONTRACT_PUBLISH,    /* both: struct contract_publish, topic, data; for the generation */
	CONTRACT_LOST,	     /* master to worker: struct contract_lost */
	CONTRACT_STOPPED,    /* worker to master: no body; it accepts nothing any more */
	CONTRACT_REOPEN,     /* master to worker: no body; fd */
	CONTRACT_LISTEN,     /* worker to master: struct contract_listen, address */
	CONTRACT_LISTENING,  /* master to worker: struct contract_listening, address; fd */
	CONTRACT_UNLISTEN,   /* worker to master: struct contract_unlisten */
	CONTRACT_SIGNAL,     /* master to worker: struct contract_signal */
	CONTRACT_HURRY,	     /* master to worker: no body; drain_timeout is over as of now */
	CONTRACT_BACKTRACE,  /* worker to master: text, a line for each frame */
	CONTRACT_REOPENED,   /* worker to master: struct contract_reopened */
	CONTRACT_UNLISTENED, /* master to worker: struct contract_unlisten */
	CONTRACT_REPLACE,    /* worker to master: no body */
};

/*
 * Sent to the thread that runs the worker's loop, once its slot says which that is: whatever it is
 * doing, it answers with BACKTRACE.
 */
#define CONTRACT_TRACE_SIGNAL (SIGRTMIN + 1)

struct contract_header {
	uint16_t version;
	uint16_t type;
	uint32_t size; /* of what follows, bytes */
};

#define CONTRACT_HELLO_LOG 1 /* the file of the access log is among the fds */

/*
 * fds: conf snapshot, scoreboard, quarantine, with CONTRACT_HELLO_LOG the access log's file, then the listening
 * sockets, in the order of conf.listens, and of one with several the first one first (none when
 * checking).
 */
struct contract_hello {
	uint32_t slot;	 /* its page in the scoreboard */
	uint32_t slots;	 /* how many pages there are */
	uint32_t worker; /* 0 .. workers-1, what modules see as the worker id */
	uint32_t workers;
	uint32_t generation; /* 1, 2, … */
	uint32_t check;	     /* eddyd -t: check the modules without `load`, READY, exit 0 */
	uint32_t flags;	     /* CONTRACT_HELLO_… */
	uint16_t sockets[CONF_LISTENS_MAX]; /* of each of conf.listens */

	/* the module directory follows, not NUL-terminated */
};

enum contract_fail_kind {
	CONTRACT_FAIL_OTHER,
	CONTRACT_FAIL_MODULE,
	CONTRACT_FAIL_ROUTE,
	CONTRACT_FAIL_LISTEN,
	CONTRACT_FAIL_OPTION,
};

struct contract_fail {
	uint32_t kind;
	uint32_t index; /* into conf.modules, routes or listens, for the place in the conf; or of
			   the option, those of all modules counted */
			/* the reason follows */
};

struct contract_log {
	uint32_t priority;    /* syslog(3): LOG_EMERG 0 … LOG_DEBUG 7 */
	uint32_t module_size; /* bytes of the module's name; 0: the worker itself */
			      /* the module's name and the text follow */
};

struct contract_publish {
	uint32_t worker; /* the sender; the master fills it in */
	uint32_t topic_size;
	/* the topic and the data follow */
};

/* So many PUBLISH messages did not fit in what the master keeps for a slow worker. */
struct contract_lost {
	uint32_t messages;
};

#define CONTRACT_ADDRESS_MAX 128 /* bytes of an address; none that can be bound is longer */
#define CONTRACT_LISTEN_DUAL 1	 /* an IPv6 address takes in IPv4 too */

/*
 * A listening socket that the worker shares with all the others that ask for the same address. The
 * id names it in the messages of this worker; it is free again after UNLISTEN, or an error.
 */
struct contract_listen {
	uint32_t id;
	int32_t backlog; /* 0: the default of the conf's listens; the first worker's counts */
	uint32_t flags;	 /* CONTRACT_LISTEN_… */

	/* the address follows, as conf_address_parse_any_port takes it, not NUL-terminated */
};

/*
 * Comes for each LISTEN, in their order, also for one that UNLISTEN has followed: who gets an fd
 * that it does not want any more closes it.
 */
struct contract_listening {
	uint32_t id;
	int32_t error; /* errno; 0: the fd comes with it */

	/* the address that it was bound to follows, numeric, with the port that was picked for 0 */
};

/*
 * In UNLISTENED: the master has let go of that listener. If no other worker has it, its address is
 * free, and its unix socket's file removed.
 */
struct contract_unlisten {
	uint32_t id;
};

/* Nothing goes to the file before any more, once for several. */
struct contract_reopened {
	uint32_t count; /* of the REOPENs so far that this is true of */
};

struct contract_signal {
	uint32_t signal; /* SIGINT, SIGTERM, SIGHUP, SIGUSR1 or SIGUSR2 */
};

/* link messages: contract.c ------------------------------------------------------- */

/* One received message. `body` points into `buf`; the fds are the receiver's to close. */
struct contract_message {
	uint16_t type;
	const char *body;
	size_t size;
	int fds[CONTRACT_FDS_MAX];
	size_t nfds;
	_Alignas(struct contract_header) char buf[CONTRACT_MESSAGE_MAX];
};

/*
 * Sends one message made of up to 4 parts (n of them), with nfds descriptors. Never waits.
 * 0, -EAGAIN (the link is full), -EMSGSIZE, -EPIPE (the other side is gone), or another -errno.
 */
int contract_send(int link, enum contract_type type, const struct iovec *parts, size_t n,
		  const int *fds, size_t nfds);

/*
 * Receives one message; fds come close-on-exec. Never waits. 1: got one; 0: end of file; -EAGAIN:
 * nothing there; -EPROTO: not a message of this protocol version (message->type then holds the
 * version seen, 0 if it was no message).
 */
int contract_recv(int link, struct contract_message *message);

/*
 * The fixed part of a body of `size` bytes, or NULL if the message is too short for it; *rest and
 * *nrest: what follows.
 */
const void *contract_body(const struct contract_message *message, size_t size, const char **rest,
			  size_t *nrest);

/* scoreboard: scoreboard.c -------------------------------------------------------- */

#define SLOT_SIZE 4096
#define SLOT_LAG_BUCKETS 24 /* bucket i counts lags below 2^i microseconds (the last: all above) */
#define SLOT_LINE_MAX 96    /* bytes of the request line kept for the log of a crash */

enum slot_state { SLOT_FREE, SLOT_INIT, SLOT_READY, SLOT_ACCEPTING, SLOT_DRAINING, SLOT_DEAD };

/* Which kind of a module's function is running, for the log line of a crash or hang. */
enum slot_callback {
	SLOT_IDLE,
	SLOT_LOAD,
	SLOT_REQUEST,
	SLOT_DATA,
	SLOT_RESPONSE,
	SLOT_TIMER,
	SLOT_CLUSTER,
	SLOT_DRAIN,
	SLOT_UNLOAD,
	SLOT_SOCKET,
	SLOT_SERVER,
	SLOT_DNS,
	SLOT_FS,
	SLOT_CLIENT,
	SLOT_PIPELINE,
	SLOT_SIGNAL,
};

/*
 * Only ever grows while a worker lives; what is folded into the totals when it dies. Traffic is
 * counted as it happens, the loop and its lag every SLOT_TICK_MS, CPU time every second.
 */
struct slot_counters {
	_Atomic uint64_t accepted; /* connections */
	_Atomic uint64_t refused;  /* and not accepted: connections_per_address, no memory */
	_Atomic uint64_t requests;
	_Atomic uint64_t responses[6]; /* [1] is 1xx … [5] is 5xx; [0]: lost without an answer */
	_Atomic uint64_t bytes_in;
	_Atomic uint64_t bytes_out;
	_Atomic uint64_t log_dropped;	 /* lines that the link had no room for */
	_Atomic uint64_t access_dropped; /* lines that the access log had no room for */
	_Atomic uint64_t loop_turns;	 /* callbacks that the loop has made */
	_Atomic uint64_t cpu_user_us, cpu_system_us;
	_Atomic uint64_t lag_sum_us;		/* of all ticks */
	_Atomic uint64_t lag[SLOT_LAG_BUCKETS]; /* how many ticks came how late */
};
#define SLOT_COUNTERS (sizeof(struct slot_counters) / sizeof(uint64_t))

struct slot {
	/*
	 * who: written once, by the master, before the worker runs (state: by the worker from then
	 * on)
	 */
	_Atomic uint32_t state;
	_Atomic uint32_t pid;
	_Atomic uint32_t worker;
	_Atomic uint32_t generation;
	_Atomic uint64_t started_ns; /* CLOCK_MONOTONIC */

	_Alignas(64) struct slot_counters counters;

	/* now */
	_Alignas(64) _Atomic uint64_t connections; /* open */
	_Atomic uint64_t connections_max;	   /* at most; where accepting pauses */
	_Atomic uint64_t idle;			   /* of these, keep-alive waiting for a request */
	_Atomic uint64_t parked;		   /* of these, a request waiting for its answer */

	/* every SLOT_TICK_MS */
	_Alignas(64) _Atomic uint64_t heartbeat_ns; /* CLOCK_MONOTONIC of the last tick; 0: no loop
						       turns, not yet or not any more */
	_Atomic uint64_t lag_us;		    /* how late the last tick came */
	_Atomic uint64_t lag_max_us;		    /* the latest in the last second */
	_Atomic uint64_t lag_highest_us;	    /* the latest of all */
	_Atomic uint64_t fs_threads;		    /* that wait for disks, so far */
	_Atomic uint64_t fs_busy;		    /* of these, with a job */
	_Atomic uint64_t fs_queued;		    /* jobs that no thread has begun yet */

	/* every second */
	_Atomic uint64_t rss_bytes, heap_total_bytes, heap_used_bytes;

	/* the blame mark: valid while callback is not SLOT_IDLE; index + 1, 0 for none */
	_Alignas(64) _Atomic uint32_t callback;
	_Atomic uint32_t module; /* into conf.modules */
	_Atomic uint32_t route; /* into conf.routes; behind them: of a module's server, see below */
	_Atomic uint32_t line_size;
	_Atomic uint64_t since_ns; /* CLOCK_MONOTONIC: the start of the loop's turn */
	_Atomic uint32_t calls;	   /* so many began; who finds it unmoved looks at the same call */
	_Atomic uint32_t tid;	   /* the loop's thread, once it takes CONTRACT_TRACE_SIGNAL */
	char line[SLOT_LINE_MAX];  /* first bytes of the request line */
	char server
		[CONTRACT_ADDRESS_MAX]; /* where that server listens; ends with a NUL, or is full */
};
#define SLOT_TICK_MS 250

_Static_assert(sizeof(struct slot) <= SLOT_SIZE, "a slot is one page");

/* What the workers that are gone have done. */
struct slot_dead {
	struct slot_counters counters;
	_Atomic uint64_t lag_highest_us; /* the latest tick of them all */
};

/* The page in front of the slots; the master's. */
struct scoreboard_head {
	/* Slots from here on have never been taken: looking would make pages. */
	_Atomic uint32_t used;
	_Atomic uint32_t generation; /* the one that serves; 0: none yet */
	_Atomic uint64_t started_at; /* when the master was started; Unix time, seconds */
	_Atomic uint64_t started_ns; /* the same; CLOCK_MONOTONIC */

	/* what it has done */
	_Atomic uint64_t restarts; /* workers started in the place of one that died */
	_Atomic uint64_t crashes;  /* workers that died, and nobody had told them to */
	_Atomic uint64_t reloads, reloads_failed;
	_Atomic uint64_t reload_ok; /* 1: the last one, or the start, if there was none */
	_Atomic uint64_t loaded_at; /* when the conf that serves came to; Unix time, seconds */
	_Atomic uint64_t upgrades;  /* how often this pid has become another program */

	/*
	 * Which of `dead` counts (bit 0); the slot from 1 on that it has in it already and that is
	 * no more to be counted, 0 for none (bits 1 to 16); how often this has changed (the rest).
	 */
	_Atomic uint64_t fold;
	struct slot_dead dead[2];
};

_Static_assert(sizeof(struct scoreboard_head) <= SLOT_SIZE, "the head is one page");

/* A mapped scoreboard. */
struct scoreboard {
	char *pages; /* the head, then the slots */
	size_t slots;
};

/*
 * Makes a memfd (close-on-exec, sealed against resizing) of that many zeroed slots. The fd or
 * -errno.
 */
int scoreboard_create(size_t slots);
/*
 * Maps it; `writable`: the one slot to map for writing, or SCOREBOARD_ALL (the master), or
 * SCOREBOARD_NONE. 0 or -errno.
 */
int scoreboard_map(struct scoreboard *board, int fd, size_t slots, size_t writable);
void scoreboard_unmap(struct scoreboard *board);
#define SCOREBOARD_ALL ((size_t)-1)
#define SCOREBOARD_NONE ((size_t)-2)

static inline struct slot *
scoreboard_slot(const struct scoreboard *board, size_t i)
{
	return (struct slot *)(void *)(board->pages + (i + 1) * SLOT_SIZE);
}

static inline struct scoreboard_head *
scoreboard_head(const struct scoreboard *board)
{
	return (struct scoreboard_head *)(void *)board->pages;
}

/* totals += counters: what a dead worker has done stays counted. */
void slot_fold(struct slot_counters *totals, const struct slot *slot);

/*
 * The master's: what the slot's worker has done goes to the head's `dead`, and the slot is zeroed.
 * Whoever adds up meanwhile counts it once.
 */
void scoreboard_fold(struct scoreboard *board, size_t slot);
/* What all workers, dead and alive, have done; a counter is never less than at the last call. */
void scoreboard_total(const struct scoreboard *board, struct slot_dead *totals);

/* quarantine: quarantine.c --------------------------------------------------------- */

/*
 *	        3 deaths in 60 s          its time is over       the probe has passed
 *	NONE -------------------> SHUT --------------------> PROBE ------------------> NONE
 *	                           ^                           |
 *	                           +---------------------------+  the probe has killed its worker
 *
 * SHUT, PROBE: requests are answered 503. In PROBE one of them is let through, in the worker that
 * takes the ticket.
 */
enum quarantine_state { QUARANTINE_NONE, QUARANTINE_SHUT, QUARANTINE_PROBE };

/* One route's; the master's to write. */
struct quarantine_word {
	_Atomic uint32_t state;
	_Atomic uint32_t length_ms; /* of its time, this time */
	_Atomic uint64_t until_ns;  /* CLOCK_MONOTONIC: the end of SHUT */
};

/* A ticket: free, or the slot of the worker that has it, from 1 on, or passed. */
#define QUARANTINE_TICKET_FREE 0
#define QUARANTINE_TICKET_PASSED UINT32_MAX

/*
 * What can be in quarantine: each of conf.routes, and behind them, for each of conf.modules, the HTTP
 * servers of its own. So are the routes in a slot's mark, too.
 */
static inline size_t
quarantine_places(const struct conf *conf)
{
	return conf->nroutes + conf->nmodules;
}

/* A mapped quarantine: one of each for each place. NULL if there is none. */
struct quarantine_board {
	struct quarantine_word *words;
	_Atomic uint32_t *tickets;
	size_t routes;
};

/* Makes the memfd of one generation (close-on-exec, sealed against resizing). The fd or -errno. */
int quarantine_create(size_t routes);
/* Maps it: for the master to write, or else for a worker, which may write tickets. 0 or -errno. */
int quarantine_map(struct quarantine_board *board, int fd, size_t routes, bool master);
void quarantine_unmap(struct quarantine_board *board);

#define slot_get(field) atomic_load_explicit(&(field), memory_order_relaxed)
#define slot_set(field, value) atomic_store_explicit(&(field), (value), memory_order_relaxed)
/* One writer: a plain load, add and store, without a locked instruction. */
#define slot_add(field, n) slot_set(field, slot_get(field) + (n))

#endif
