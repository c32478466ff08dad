/*
 * The worker's life; see worker.h. main.c tells it in order.
 */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <syslog.h>
#include <unistd.h>

#include "http/access.h"

#define ORPHAN_DRAIN_MS 4000 /* for what is under way when the master has died */
#define ORPHAN_ALARM_S 5     /* for a worker whose loop is stuck then: SIGALRM ends it */
#define ABORT_MS 1000	     /* for the last answers to leave after drain_timeout */
#define LOG_FLUSH_MS 1000    /* for the last lines of the access log */
#define THREADS_END_MS 500   /* for files that are under way at the end */
#define WHY_MAX 2048	     /* bytes of a reason: two paths and a sentence of dlopen's */
#define ORPHAN_SIGNAL SIGRTMIN

struct worker *worker_self;

/* Starting ------------------------------------------------------------------------ */

/*
 * The kernel's word that the master has died; it comes even if the loop does not turn. The link's
 * end of file does the rest.
 */
static void
orphan_signalled(int signal)
{
	(void)signal;
	alarm(ORPHAN_ALARM_S);
}

static void
worker_signals(void)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN},
			 orphan = {.sa_handler = orphan_signalled, .sa_flags = SA_RESTART};
	const int ignored[] = {SIGINT,	SIGHUP,	 SIGPIPE, SIGUSR1,
			       SIGUSR2, SIGTTIN, SIGTTOU, SIGTSTP};

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		sigaction(ignored[i], &ignore, NULL);
	sigaction(ORPHAN_SIGNAL, &orphan, NULL);
	prctl(PR_SET_PDEATHSIG, ORPHAN_SIGNAL);
}

/* The end of a turn, which is the last one if nothing is left to wait for. */
static void
worker_flush(void *arg)
{
	struct worker *worker = arg;

	http_flush(&worker->http);
	timers_arm(&worker->timers);
	net_flush(&worker->net);
	if (worker->draining && http_is_empty(&worker->http) && loop_is_done(&worker->loop))
		event_base_loopbreak(worker->loop.base);
}

static void
worker_term(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;

	(void)fd;
	(void)what;
	loop_enter(&worker->loop);
	worker_drain(worker);
	loop_leave(&worker->loop);
}

/* The access log, if the conf has one. 0 or -ENOMEM. */
static int
worker_log_open(struct worker *worker)
{
	const struct conf_http *conf = &worker->conf->http;

	if (conf->log == CONF_LOG_OFF || worker->hello.check)
		return 0;
	worker->http.access = access_new(conf, worker->slot, &worker->hello, worker->access_fd);
	if (worker->http.access == NULL)
		return -ENOMEM;
	worker->access_fd = -1;
	return 0;
}

/* What libevent has to say would else go to stderr. */
static void
worker_event_log(int severity, const char *text)
{
	char line[512];
	int n = snprintf(line, sizeof(line), "libevent: %s", text);

	if (n > 0 && severity >= EVENT_LOG_WARN)
		link_log(worker_self, severity == EVENT_LOG_ERR ? LOG_ERR : LOG_WARNING, "", line,
			 (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

int
worker_init(struct worker *worker, int link)
{
	int error;

	*worker = (struct worker){
		.link = link, .timers.fd = -1, .statm = -1, .tick = -1, .access_fd = -1};
	LIST_INIT(&worker->topics);
	TAILQ_INIT(&worker->signal_listeners);
	handles_init(&worker->files, HANDLE_FILE);
	worker_self = worker;
	worker_signals();
	fcntl(link, F_SETFD, FD_CLOEXEC); /* it came through an exec, and goes through no other */
	/*
	 * a crowd of waiting requests is one arena's: when it leaves, the memory goes back to the
	 * kernel
	 */
	mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
	worker->message = malloc(sizeof(*worker->message));
	if (worker->message == NULL || link_open(worker) != 0)
		return -1;
	slot_set(worker->slot->state, SLOT_INIT);
	trace_init(worker);
	event_set_log_callback(worker_event_log);
	worker->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
	if (loop_init(&worker->loop, worker_flush, worker) != 0) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0, "cannot make an event loop");
		return -1;
	}
	worker->calls = (struct calls){.slot = worker->slot, .loop = &worker->loop};
	if (timers_init(worker) != 0) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0, "cannot make a timerfd");
		return -1;
	}
	worker->gates = calloc(worker->nlisteners + 1, sizeof(*worker->gates));
	if (worker->gates == NULL ||
	    net_init(&worker->net, &worker->loop, &worker->calls, &worker_net_events, worker,
		     worker->conf->http.connections_per_address) != 0 ||
	    http_init(&worker->http, &worker->net, &worker->conf->http, &worker->router) != 0) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0, strerror(ENOMEM));
		return -1;
	}
	worker->http.probes = (struct probes){worker->quarantine, worker->hello.slot + 1};
	error = threads_init(&worker->threads, &worker->loop, worker->conf->fs_threads);
	if (error == 0)
		error = threads_init(&worker->name_threads, &worker->loop, 1);
	if (error != 0) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0, strerror(-error));
		return -1;
	}
	worker->net.dns = &worker->dns;
	worker->net.board = &worker->board;
	if (dns_init(&worker->dns, &worker->loop, &worker->name_threads) != 0 ||
	    client_init(&worker->client, &worker->loop, &worker->calls) != 0 ||
	    worker_log_open(worker) != 0) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0, strerror(ENOMEM));
		return -1;
	}
	worker_accept_init(worker);
	evsignal_assign(&worker->term_event, worker->loop.base, SIGTERM, worker_term, worker);
	evsignal_assign(&worker->quit_event, worker->loop.base, SIGQUIT, worker_term, worker);
	event_add(&worker->term_event, NULL);
	event_add(&worker->quit_event, NULL);
	return 0;
}

/* 0, or -1 with the reason in `why` and the listen that it is about in *index. */
static int
listens_check(const struct worker *worker, size_t *index, char *why, size_t size)
{
	for (size_t i = 0; i < worker->conf->nlistens; i++) {
		const struct conf_listen *listen = &worker->conf->listens[i];
		const struct eddy_module *module = &worker->modules[listen->module];

		if (listen->protocol != CONF_TCP || module->def->connection != NULL)
			continue;
		snprintf(why, size,
			 "listen \"%s\": module \"%s\" takes no connections: it has no connection "
			 "handler",
			 listen->address, module->conf->name);
		*index = i;
		return -1;
	}
	return 0;
}

/* An option that a module does not know is told with its number among those of all modules. */
static int
options_check(struct worker *worker)
{
	char why[WHY_MAX];
	size_t before = 0, i;

	for (size_t m = 0; m < worker->nmodules; m++) {
		if (module_check_options(&worker->modules[m], &i, why, sizeof(why)) != 0) {
			link_fail(worker, CONTRACT_FAIL_OPTION, before + i, why);
			return -1;
		}
		before += worker->conf->modules[m].noptions;
	}
	return 0;
}

/* Loads all modules, or looks at them for `eddyd -t`; of those that refuse the master is told each. */
static int
modules_load(struct worker *worker)
{
	int (*load)(struct eddy_module * module, struct calls * calls, char *why, size_t size) =
		worker->hello.check ? module_check : module_load;
	char why[WHY_MAX];
	int result = 0;

	for (size_t i = 0; i < worker->nmodules; i++) {
		if (load(&worker->modules[i], &worker->calls, why, sizeof(why)) == 0)
			continue;
		link_fail(worker, CONTRACT_FAIL_MODULE, i, why);
		result = -1;
	}
	return result;
}

int
worker_load(struct worker *worker)
{
	const struct conf *conf = worker->conf;
	char why[WHY_MAX];
	size_t i;

	worker->modules = calloc(conf->nmodules + 1, sizeof(*worker->modules));
	if (worker->modules == NULL) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0, strerror(ENOMEM));
		return -1;
	}
	worker->nmodules = conf->nmodules;
	for (i = 0; i < conf->nmodules; i++) {
		worker->modules[i].callee.index = (uint32_t)i;
		if (module_open(&worker->modules[i], &conf->modules[i], worker->module_dir,
				&worker->calls, why, sizeof(why)) != 0) {
			link_fail(worker, CONTRACT_FAIL_MODULE, i, why);
			return -1;
		}
	}
	if (options_check(worker) != 0)
		return -1;
	if (router_init(&worker->router, conf, worker->modules, &i, why, sizeof(why)) != 0) {
		link_fail(worker, CONTRACT_FAIL_ROUTE, i, why);
		return -1;
	}
	if (listens_check(worker, &i, why, sizeof(why)) != 0) {
		link_fail(worker, CONTRACT_FAIL_LISTEN, i, why);
		return -1;
	}
	if (http_routes_init(&worker->http, conf) != 0) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0, strerror(ENOMEM));
		return -1;
	}
	return modules_load(worker);
}

/* Serving ------------------------------------------------------------------------- */

int
worker_run(struct worker *worker)
{
	int error = stats_start(worker), turned;

	if (error == 0 && worker->http.access != NULL)
		error = access_start(worker->http.access);
	if (error != 0) {
		link_fail(worker, CONTRACT_FAIL_OTHER, 0, strerror(-error));
		return -1;
	}
	loop_enter(&worker->loop);
	link_start(worker);
	if (worker->net.nasked == 0)
		link_ready(worker);
	loop_leave(&worker->loop); /* what `load` has posted */
	turned = event_base_loop(worker->loop.base, EVLOOP_NO_EXIT_ON_EMPTY);
	slot_set(worker->slot->heartbeat_ns, 0);
	return worker->refused || turned < 0 ? -1 : 0;
}

/* Leaving ------------------------------------------------------------------------- */

/* Ends what is left, and waits a moment for the last answers. */
static void
worker_abort(struct worker *worker)
{
	worker->aborted = true;
	evtimer_add(&worker->drain_event, &(struct timeval){.tv_sec = ABORT_MS / 1000});
	http_abort(&worker->http);
	client_close(&worker->client);
}

/* drain_timeout has passed, or the moment after it: then the worker goes whatever there is. */
static void
worker_drain_passed(evutil_socket_t fd, short what, void *arg)
{
	struct worker *worker = arg;

	(void)fd;
	(void)what;
	if (worker->aborted) {
		event_base_loopbreak(worker->loop.base);
		return;
	}
	loop_enter(&worker->loop);
	worker_abort(worker);
	loop_leave(&worker->loop);
}

static void
worker_drain_limit(struct worker *worker, unsigned ms)
{
	struct timeval wait = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

	evtimer_add(&worker->drain_event, &wait);
}

void
worker_drain(struct worker *worker)
{
	if (worker->draining)
		return;
	worker->draining = true;
	net_stop_accepting(&worker->net);
	link_stopped(worker);
	evtimer_assign(&worker->drain_event, worker->loop.base, worker_drain_passed, worker);
	if (worker->conf->drain_timeout_ms > 0)
		worker_drain_limit(worker, worker->conf->drain_timeout_ms);
	http_drain(&worker->http);
	client_drain(&worker->client);
	for (size_t i = 0; i < worker->nmodules; i++) {
		module_drain(&worker->modules[i], &worker->calls);
		loop_run_ticks(&worker->loop);
	}
}

void
worker_orphaned(struct worker *worker)
{
	unsigned ms = worker->conf->drain_timeout_ms;

	worker_drain(worker);
	if (!worker->aborted && (ms == 0 || ms > ORPHAN_DRAIN_MS))
		worker_drain_limit(worker, ORPHAN_DRAIN_MS);
}

void
worker_hurry(struct worker *worker)
{
	if (worker->draining && !worker->aborted)
		worker_abort(worker);
}

void
worker_report_access(struct worker *worker)
{
	char line[256];
	size_t n = worker->http.access != NULL ? access_report(worker->http.access, line) : 0;

	if (n > 0)
		link_log(worker, LOG_WARNING, "", line, n);
}

static void
worker_log_close(struct worker *worker)
{
	char line[128];
	uint64_t left;
	int n;

	if (worker->access_fd >= 0)
		close(worker->access_fd);
	if (worker->http.access == NULL)
		return;
	worker_report_access(worker);
	left = access_free(worker->http.access, LOG_FLUSH_MS);
	worker->http.access = NULL;
	n = snprintf(
		line, sizeof(line),
		"%llu line%s of the access log %s lost: there was no time to write before the end",
		(unsigned long long)left, left == 1 ? "" : "s", left == 1 ? "is" : "are");
	if (left > 0)
		link_log(worker, LOG_WARNING, "", line, (size_t)n);
}

/*
 * Lets what the threads do come to an end. False: some hang, which the log is told.
 */
static bool
worker_threads_end(struct worker *worker)
{
	char line[128];
	unsigned hanging = 0;
	int n;

	if (worker->threads.ids != NULL)
		hanging += threads_fini(&worker->threads, THREADS_END_MS);
	if (worker->name_threads.ids != NULL)
		hanging += threads_fini(&worker->name_threads, THREADS_END_MS);
	if (hanging == 0)
		return true;
	n = hanging == 1
		    ? snprintf(line, sizeof(line),
			       "a thread hangs in a file operation: this worker leaves it behind")
		    : snprintf(line, sizeof(line),
			       "%u threads hang in file operations: this worker leaves them behind",
			       hanging);
	link_log(worker, LOG_WARNING, "", line, (size_t)n);
	return false;
}

/* All that calls into the modules, and their unload. False: a thread hangs. */
static bool
worker_leave_modules(struct worker *worker)
{
	if (worker->http.loop != NULL) {
		loop_enter(&worker->loop);
		http_close(&worker->http);
		if (worker->client.loop != NULL)
			client_close(&worker->client);
		net_close(&worker->net); /* which cancels its lookups */
		if (worker->dns.loop != NULL)
			dns_close(&worker->dns);
		loop_leave(&worker->loop);
	}
	if (!worker_threads_end(worker))
		return false;
	if (worker->http.loop != NULL) {
		for (size_t i = 0; i < worker->nmodules; i++)
			module_unload(&worker->modules[i], &worker->calls);
		loop_leave(&worker->loop);
	}
	return true;
}

bool
worker_fini(struct worker *worker)
{
	bool left = worker_leave_modules(worker);

	if (worker->net.loop != NULL)
		net_stop_accepting(&worker->net);
	for (size_t i = 0; i < worker->nlisteners; i++)
		if (worker->listeners[i] >= 0) /* no gate has been made of it */
			close(worker->listeners[i]);
	worker_log_close(worker);
	if (!left)
		return false;
	cluster_fini(worker);
	signals_fini(worker);
	if (worker->loop.base != NULL) {
		dns_fini(&worker->dns);
		stats_stop(worker);
		timers_fini(worker);
		fs_fini(worker);
		if (worker->http.loop != NULL)
			http_fini(&worker->http);
		if (worker->net.loop != NULL)
			net_fini(&worker->net);
		if (worker->client.loop != NULL)
			client_fini(&worker->client);
		event_del(&worker->term_event);
		event_del(&worker->quit_event);
		loop_fini(&worker->loop);
	}
	router_fini(&worker->router);
	free(worker->modules);
	free(worker->listeners);
	free(worker->gates);
	if (worker->conf != NULL)
		conf_free(worker->conf);
	if (worker->slot != NULL)
		trace_fini(worker);
	if (worker->board.pages != NULL)
		scoreboard_unmap(&worker->board);
	quarantine_unmap(&worker->quarantine);
	free(worker->module_dir);
	free(worker->message);
	if (worker->statm >= 0)
		close(worker->statm);
	close(worker->link);
	return true;
}
