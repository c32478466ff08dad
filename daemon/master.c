/*
 * The master: signals, reaping, and the end.
 */
#include "daemon/master.h"
#include "daemon/clock.h"
#include "daemon/handover.h"
#include "daemon/reopen.h"
#include "daemon/workers.h"

#include <event2/event.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>

#define START_LOG_MS 1000 /* for a slow reader of the log, while nobody is served yet */

const char *
master_state_name(enum master_state state)
{
	static const char *const names[] = {
		[MASTER_STARTING] = "STARTING",	  [MASTER_RUNNING] = "RUNNING",
		[MASTER_RELOADING] = "RELOADING", [MASTER_DRAINING] = "DRAINING",
		[MASTER_STOPPED] = "STOPPED",
	};

	return names[state];
}

void
master_set_state(struct master *master, enum master_state state)
{
	master->state = state;
	notify_state(master);
}

/* the end ------------------------------------------------------------------------------------ */

static void
master_settle(struct master *master)
{
	if (master->state != MASTER_DRAINING || !TAILQ_EMPTY(&master->generations))
		return;
	master->state = MASTER_STOPPED;
	event_base_loopbreak(master->base);
}

static void
master_kill(struct master *master, const char *who)
{
	struct generation *generation;

	log_notice(&master->log, "stopping at once, asked for by %s", who);
	TAILQ_FOREACH(generation, &master->generations, entry)
		generation_kill(generation, "eddyd stops at once");
}

void
master_stop(struct master *master, const char *who)
{
	if (master->state >= MASTER_DRAINING) {
		master_kill(master, who);
		return;
	}
	log_notice(&master->log, "stopping, asked for by %s", who);
	master->exit_code = master->options->check ? EX_TEMPFAIL : EX_OK;
	reload_abandon(master);
	upgrade_abandon(master);
	master_set_state(master, MASTER_DRAINING);
	if (master->running)
		generation_drain(master->running);
	master_settle(master);
}

void
master_finish(struct master *master, int exit_code)
{
	master->exit_code = exit_code;
	master_set_state(master, MASTER_DRAINING);
	master_settle(master);
}

void
master_generation_gone(struct generation *generation)
{
	struct master *master = generation->master;

	if (generation->state == GENERATION_DRAINING)
		log_info(&master->log, "generation %u %s", generation->number,
			 generation->killed ? "is gone" : "has drained");
	if (master->running == generation)
		master->running = NULL;
	generation_free(generation);
	reload_generation_gone(master);
	master_settle(master);
}

/* signals ------------------------------------------------------------------------------------ */

struct child *
master_child(const struct master *master, pid_t pid)
{
	struct generation *generation;
	struct child *child;

	TAILQ_FOREACH(generation, &master->generations, entry)
		TAILQ_FOREACH(child, &generation->children, entry)
			if (child->pid == pid)
				return child;
	return NULL;
}

static void
on_reap(struct master *master, int signo)
{
	struct child *child;
	pid_t pid;
	int status;

	(void)signo;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		if (!upgrade_reaped(master, pid, status) && (child = master_child(master, pid)))
			generation_child_died(child, status);
}

static void
on_stop(struct master *master, int signo)
{
	master_stop(master, signo == SIGINT ? "SIGINT" : "SIGTERM");
}

static void
on_quit(struct master *master, int signo)
{
	(void)signo;
	if (master->state < MASTER_DRAINING)
		master_stop(master, "SIGQUIT");
	if (master->state == MASTER_DRAINING)
		master_kill(master, "SIGQUIT");
}

static void
on_reload(struct master *master, int signo)
{
	(void)signo;
	if (reload_request(master, "SIGHUP") < 0)
		log_notice(&master->log, "SIGHUP is ignored: eddyd is stopping");
}

static void
on_reopen(struct master *master, int signo)
{
	char *error;

	(void)signo;
	reopen_logs(master, "SIGUSR1", &error);
	free(error);
	reopen_look(master);
}

static void
on_upgrade(struct master *master, int signo)
{
	(void)signo;
	if (upgrade_request(master, "SIGUSR2") < 0)
		log_notice(&master->log, "SIGUSR2 is ignored: eddyd is stopping");
}

static void
on_step(struct master *master, int signo)
{
	workers_step(master, signo == SIGTTIN ? 1 : -1, signo == SIGTTIN ? "SIGTTIN" : "SIGTTOU");
}

static const struct {
	int signo;
	void (*handle)(struct master *master, int signo);
	bool told; /* to the workers, whose modules may listen to it (eddy_process_on) */
} signals[MASTER_SIGNALS] = {
	{SIGCHLD, on_reap, false},   {SIGINT, on_stop, true},	{SIGTERM, on_stop, true},
	{SIGQUIT, on_quit, false},   {SIGHUP, on_reload, true}, {SIGUSR1, on_reopen, true},
	{SIGUSR2, on_upgrade, true}, {SIGTTIN, on_step, false}, {SIGTTOU, on_step, false},
};

static void
signal_tell(struct master *master, int signo)
{
	struct generation *generation;
	struct child *child;

	TAILQ_FOREACH(generation, &master->generations, entry)
		TAILQ_FOREACH(child, &generation->children, entry)
			child_signal(child, signo);
}

static void
signals_mask(int how)
{
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < MASTER_SIGNALS; i++)
		sigaddset(&set, signals[i].signo);
	sigprocmask(how, &set, NULL);
}

void
master_signals_block(void)
{
	signal(SIGPIPE, SIG_IGN);
	signals_mask(SIG_BLOCK);
}

static void
on_signal(evutil_socket_t signo, short what, void *arg)
{
	struct master *master = arg;

	(void)what;
	for (size_t i = 0; i < MASTER_SIGNALS; i++) {
		if (signals[i].signo != signo)
			continue;
		if (signals[i].told)
			signal_tell(master, signo);
		signals[i].handle(master, signo);
	}
}

void
master_signals_unblock(void)
{
	signals_mask(SIG_UNBLOCK);
}

static int
signals_add(struct master *master)
{
	for (size_t i = 0; i < MASTER_SIGNALS; i++) {
		master->signals[i] =
			evsignal_new(master->base, signals[i].signo, on_signal, master);
		if (!master->signals[i] || event_add(master->signals[i], NULL) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* life --------------------------------------------------------------------------------------- */

/* Workers inherit the limit; one file per connection is what they are for. */
static void
files_limit_raise(struct log *log)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
		log_warning(log, "cannot raise the limit of open files: %s", strerror(errno));
}

int
master_init(struct master *master, const struct options *options)
{
	int error;

	memset(master, 0, sizeof(*master));
	master->options = options;
	master->slots.fd = -1;
	master->notify.fd = -1;
	master->upgrade.words = -1;
	master->started_ns = clock_now_ns();
	TAILQ_INIT(&master->generations);
	log_init(&master->log, STDERR_FILENO);
	master->log.wait_ms = options->check ? -1 : START_LOG_MS;
	if (options->check)
		master->log.form = LOG_FORM_PLAIN;
	shared_init(&master->shared, &master->log);
	control_init(&master->control, master);
	error = options->check ? 0 : activation_init(&master->activation, &master->log);
	if (!error)
		error = spawner_init(&master->spawner, options->worker);
	if (error)
		goto failed;
	files_limit_raise(&master->log);
	error = slots_init(&master->slots);
	if (error)
		goto failed;
	slot_set(slots_head(&master->slots)->started_at, (uint64_t)time(NULL));
	slot_set(slots_head(&master->slots)->started_ns, master->started_ns);
	error = -ENOMEM;
	master->base = event_base_new();
	if (!master->base || log_attach(&master->log, master->base) < 0 ||
	    reload_init(master) < 0 || upgrade_init(master) < 0 || reopen_init(master) < 0 ||
	    hang_watch_start(master) < 0 || signals_add(master) < 0)
		goto failed;
	error = notify_init(master);
	if (error)
		goto failed;
	return 0;
failed:
	log_error(&master->log, "eddyd cannot start: %s", strerror(-error));
	return error;
}

void
master_fini(struct master *master)
{
	/* One that comes now is too late to do anything, and must not kill what is almost over. */
	signals_mask(SIG_BLOCK);
	while (!TAILQ_EMPTY(&master->generations))
		generation_free(TAILQ_FIRST(&master->generations));
	for (size_t i = 0; i < MASTER_SIGNALS; i++)
		if (master->signals[i])
			event_free(master->signals[i]);
	reload_fini(master);
	upgrade_fini(master);
	reopen_fini(master);
	notify_fini(master);
	hang_watch_stop(master);
	activation_fini(&master->activation);
	store_fini(&master->store);
	slots_fini(&master->slots);
	spawner_fini(&master->spawner);
	log_fini(&master->log);
	control_fini(&master->control); /* who waits for the end of `stop` sees it now */
	if (master->base)
		event_base_free(master->base);
}

/* The workers of before, some of which may have died meanwhile. */
static int
master_resume(struct master *master, int handover)
{
	master->log.wait_ms = 0;
	if (handover_read(master, handover) < 0)
		return -1;
	master_set_state(master, MASTER_RUNNING);
	reopen_resume(master);
	upgrade_done(master);
	on_reap(master, SIGCHLD);
	return 0;
}

int
master_run(struct master *master, int handover)
{
	bool served;

	if (handover < 0)
		reload_begin(master);
	else if (master_resume(master, handover) < 0)
		return EX_SOFTWARE;
	master_signals_unblock();
	while (master->state != MASTER_STOPPED) {
		if (event_base_dispatch(master->base) < 0)
			return EX_SOFTWARE;
		if (master->upgrade.due)
			upgrade_run(master);
	}
	served = master->reload.result.at != 0;
	if (served)
		log_notice(&master->log, "eddyd has stopped");
	return master->exit_code;
}
