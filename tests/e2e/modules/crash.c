/*
 * Dies in every way that a module can: the worker has to go down alone, and the log has to say whose fault it was.
 */
#define _GNU_SOURCE
#include <eddy.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile int *volatile nowhere;

static void
null(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	*nowhere = 1;
}

static void
abortion(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	abort();
}

static void
leave(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	_exit(7);
}

/* Goes without a crash, with a code that has a meaning to the master: what a library may do that gives up. */
static void
exit_0(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	exit(0);
}

static void
exit_3(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	exit(3);
}

static void
answer_late(void *arg)
{
	eddy_response_send(arg, 200, "text/plain", "late\n", 5);
}

/* Does what the query says: dies at once, or when its answer is due, or answers late, or at once. */
static void
moody(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str query = eddy_request_query(req);

	(void)state;
	if (query.n == 3 && memcmp(query.p, "die", 3) == 0)
		*nowhere = 1;
	else if (query.n == 4 && memcmp(query.p, "late", 4) == 0)
		eddy_set_timeout(answer_late, 1000, res);
	else
		eddy_response_send(res, 200, "text/plain", "good\n", 5);
}

static void
timer_fired(void *arg)
{
	(void)arg;
	*nowhere = 1;
}

/* Parks, and crashes in the timer. */
static void
timer(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)res;
	(void)state;
	eddy_set_timeout(timer_fired, 20, NULL);
}

static void
data_came(eddy_request *req, eddy_str piece, void *arg)
{
	(void)req;
	(void)piece;
	(void)arg;
	*nowhere = 1;
}

static const eddy_request_events data_events = {.data = data_came};

static void
data(eddy_request *req, eddy_response *res, void *state)
{
	(void)res;
	(void)state;
	eddy_request_on(req, &data_events, NULL);
}

static void
release_owned(void *p, void *arg)
{
	(void)arg;
	free(p);
	*nowhere = 1;
}

static void
give_away(eddy_response *res, size_t n)
{
	char *p = calloc(1, n);

	if (!p)
		abort();
	eddy_response_write_owned(res, p, n, release_owned, NULL);
	eddy_response_end(res, NULL, 0);
}

/* Crashes when it gets back what it has given away: as soon as its handler has returned. */
static void
release(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	give_away(res, 10);
}

/* The same when the client has taken it: more than a socket holds. */
static void
release_late(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	give_away(res, 32 << 20);
}

/* What glibc finds out and aborts for. */
static void
corrupt_heap(void)
{
	void *volatile p = malloc(100);

	free(p);
	free(p);
}

static char *volatile deepest;

static int __attribute__((noinline)) run_off_the_stack(int depth)
{
	char room[4096];

	if (depth < 0)
		return 0;
	memset(room, depth, sizeof(room));
	deepest = room;
	return run_off_the_stack(depth + 1) + deepest[depth % 4096];
}

static void
divide_by_zero(void)
{
	volatile int seven = 7, zero = 0, result = seven / zero;

	(void)result;
}

/* The worker ignores it, and a library may not. */
static void
write_to_nobody(void)
{
	int ends[2];

	signal(SIGPIPE, SIG_DFL);
	if (pipe(ends) == 0) {
		close(ends[0]);
		if (write(ends[1], "x", 1) < 0)
			abort();
	}
}

/* A mapped file that has become shorter. */
static void
read_past_a_file(void)
{
	int fd = memfd_create("short", 0);
	volatile char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);

	(void)p[0];
}

static void
kill_itself(void)
{
	kill(getpid(), SIGKILL);
	for (;;)
		pause();
}

static const struct way {
	const char *name;
	void (*die)(void);
} ways[] = {
	{"heap", corrupt_heap},	   {"fpe", divide_by_zero}, {"pipe", write_to_nobody},
	{"bus", read_past_a_file}, {"kill", kill_itself},
};

/* In the way that the query names. */
static void
ways_to_die(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str query = eddy_request_query(req);

	(void)res;
	(void)state;
	if (query.n == 5 && memcmp(query.p, "stack", 5) == 0)
		run_off_the_stack(0);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		if (query.n == strlen(ways[i].name) && memcmp(query.p, ways[i].name, query.n) == 0)
			ways[i].die();
}

static void
looked_up(int err, const eddy_dns_address *addresses, size_t n, void *arg)
{
	(void)err;
	(void)addresses;
	(void)n;
	(void)arg;
	*nowhere = 1;
}

static void
looked_at(int err, const struct stat *st, void *arg)
{
	(void)err;
	(void)st;
	(void)arg;
	*nowhere = 1;
}

/* Parks, and crashes in a callback that has nothing to do with the request. */
static void
callback(eddy_request *req, eddy_response *res, void *state)
{
	eddy_str query = eddy_request_query(req);

	(void)res;
	(void)state;
	if (query.n == 3 && memcmp(query.p, "dns", 3) == 0)
		eddy_dns_lookup("localhost", 0, looked_up, NULL);
	else if (query.n == 2 && memcmp(query.p, "fs", 2) == 0)
		eddy_fs_stat("/", looked_at, NULL);
}

/* Not the loop's: no call is to blame. */
static void *
other_thread(void *arg)
{
	usleep(20000);
	*nowhere = 1;
	return arg;
}

static void
thread(eddy_request *req, eddy_response *res, void *state)
{
	pthread_t id;

	(void)req;
	(void)res;
	(void)state;
	pthread_create(&id, NULL, other_thread, NULL);
}

static void
alive(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	eddy_response_send(res, 200, "text/plain", "alive\n", 6);
}

/* `when`: what becomes of it when it loads; `once`: a file that says not to, yet. */
static int
load(eddy_module *self, void **state)
{
	const char *when = eddy_module_option(self, "when", "never");
	const char *once = eddy_module_option(self, "once", "");

	(void)state;
	if (once[0] && access(once, F_OK) == 0)
		return 0;
	if (strcmp(when, "load") == 0)
		*nowhere = 1;
	if (strcmp(when, "abort") == 0)
		abort();
	if (strncmp(when, "exit_", 5) == 0)
		exit(when[5] - '0');
	return 0;
}

static const struct eddy_handler handlers[] = {
	{"null", null},	       {"abort", abortion},
	{"leave", leave},      {"exit_0", exit_0},
	{"exit_3", exit_3},    {"timer", timer},
	{"moody", moody},      {"data", data},
	{"release", release},  {"release_late", release_late},
	{"ways", ways_to_die}, {"callback", callback},
	{"thread", thread},    {NULL, NULL},
};

EDDY_MODULE(.name = "crash", .load = load, .request = alive, .handlers = handlers);
