/*
 * From a conf file to a generation that serves.
 */
#include "daemon/reload.h"
#include "daemon/access_log.h"
#include "daemon/advice.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
#include "daemon/human.h"
#include "daemon/master.h"
#include "daemon/privileges.h"

#include <event2/event.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#define LINE_BYTES 1024

/* the result --------------------------------------------------------------------------------- */

/* For everybody who reads the scoreboard; the start is no reload. */
static void
result_publish(const struct master *master)
{
	const struct reload_result *result = &master->reload.result;
	struct scoreboard_head *head = slots_head(&master->slots);

	if (master->reload.serial > 1 && result->ok)
		slot_add(head->reloads, 1);
	else if (!result->ok)
		slot_add(head->reloads_failed, 1);
	slot_set(head->reload_ok, result->ok);
	slot_set(head->generation, result->generation);
	if (result->ok)
		slot_set(head->loaded_at, (uint64_t)result->at);
}

static void
result_set(struct master *master, int code, char *error)
{
	struct reload_result *result = &master->reload.result;

	free(result->error);
	*result = (struct reload_result){
		.ok = code == 0,
		.code = code,
		.error = error,
		.generation = master->running ? master->running->number : 0,
		.at = time(NULL),
		.took_ms = (clock_now_ns() - master->reload.begun_ns) / NS_PER_MS,
	};
	result_publish(master);
}

char *
reload_errors_tell(struct log *log, const struct conf_errors *errors)
{
	char line[LINE_BYTES], *all = NULL;
	size_t size;
	FILE *out = open_memstream(&all, &size);

	for (size_t i = 0; i < errors->count; i++) {
		conf_error_format(&errors->list[i], line, sizeof(line));
		log_error(log, "%s", line);
		if (out)
			fprintf(out, "%s%s", i ? "\n" : "", line);
	}
	if (out)
		fclose(out);
	return all;
}

static void
reload_over(struct master *master)
{
	struct reload *reload = &master->reload;

	control_reload_done(&master->control, reload->serial, &reload->result);
	if (reload->again && master->state == MASTER_RUNNING)
		event_active(reload->next, EV_TIMEOUT, 0);
	else
		upgrade_look(master);
}

static void
reload_failed(struct master *master, int code, const struct conf_errors *errors)
{
	char *error = reload_errors_tell(&master->log, errors);

	if (master->state == MASTER_STARTING) {
		master->reload.result.error = error; /* for the status */
		master_finish(master, code);
		return;
	}
	result_set(master, code, error);
	log_error(&master->log, "reload failed: generation %u goes on serving",
		  master->running->number);
	master_set_state(master, MASTER_RUNNING);
	reload_over(master);
}

/* the steps ---------------------------------------------------------------------------------- */

static struct generation *
generation_read(struct master *master, struct conf_errors *errors)
{
	struct conf_snapshot snapshot = {0};
	struct generation *generation = NULL;
	struct conf *conf;
	int fd, bad;

	bad = conf_snapshot_read(&snapshot, options_conf_path(master->options), errors);
	conf = conf_parse(&snapshot, errors);
	if (bad || !conf) {
		conf_free(conf);
		goto out;
	}
	fd = conf_snapshot_to_fd(&snapshot);
	if (fd < 0) {
		conf_errors_add(errors, (struct conf_where){0},
				"cannot keep the conf in memory: %s", strerror(-fd));
		conf_free(conf);
		goto out;
	}
	generation =
		generation_new(master, master->running ? master->running->number + 1 : 1, conf, fd);
	if (!generation)
		conf_errors_add(errors, (struct conf_where){0}, "no memory for a generation");
out:
	conf_snapshot_fini(&snapshot);
	return generation;
}

/* The control socket is opened anew only if the conf moves it. */
static int
control_bind(struct master *master, const struct conf *conf, struct conf_errors *errors)
{
	if (control_serves(&master->control, conf->control))
		return 0;
	return control_socket_open(&master->reload.control, conf, errors);
}

static int
sockets_bind(struct generation *generation, struct conf_errors *errors)
{
	struct master *master = generation->master;
	const struct listener_set *old = master->running ? &master->running->listeners : NULL;
	int listeners, control;

	if (generation->check)
		return 0;
	/* Both, so that all that is wrong shows at once. */
	listeners = listener_set_open(&generation->listeners, generation->conf, old,
				      &master->activation, errors);
	control = control_bind(master, generation->conf, errors);
	return listeners < 0 || control < 0 ? -1 : 0;
}

/* Whether the log is where this conf wants it. */
static bool
log_stays(const struct log *log, const struct conf *conf)
{
	return log->where == conf->log && (conf->log != CONF_LOG_FILE ||
					   (log->path && strcmp(log->path, conf->log_place) == 0));
}

static int
log_open(struct generation *generation, struct conf_errors *errors)
{
	const struct conf *conf = generation->conf;
	struct master *master = generation->master;
	int access, own = 0;

	/* Both, so that all that is wrong shows at once. */
	access = access_log_open(conf, generation->check, &generation->log_fd, errors);
	if (!log_stays(&master->log, conf))
		own = own_log_open(conf, generation->check, &master->reload.log_fd, errors);
	return access < 0 || own < 0 ? -1 : 0;
}

static void
log_drop(struct master *master)
{
	if (master->reload.log_fd >= 0)
		close(master->reload.log_fd);
	master->reload.log_fd = -1;
}

/* The first time, too: until then all goes to who has started eddyd. */
static void
log_switch(struct master *master)
{
	const struct conf *conf = master->running->conf;
	const char *path = conf->log == CONF_LOG_FILE ? conf->log_place : NULL;

	if (log_stays(&master->log, conf))
		return;
	if (path)
		log_notice(&master->log, "the log goes on in %s", path);
	log_use(&master->log, conf->log, master->reload.log_fd, path);
	master->reload.log_fd = -1;
}

static void
candidate_drop(struct master *master)
{
	struct generation *generation = master->candidate;

	master->candidate = NULL;
	master->reload.waiting = false;
	control_socket_close(&master->reload.control);
	log_drop(master);
	if (generation)
		generation_fail(generation);
}

void
reload_begin(struct master *master)
{
	struct conf_errors errors = {0};
	struct reload *reload = &master->reload;
	int code = EX_CONFIG;

	reload->serial++;
	reload->again = false;
	reload->begun_ns = clock_now_ns();
	master_set_state(master, master->running ? MASTER_RELOADING : MASTER_STARTING);
	master->candidate = generation_read(master, &errors);
	if (!master->candidate)
		goto failed;
	if (identity_resolve(&master->candidate->identity, master->candidate->conf,
			     master->running ? NULL : &master->log, &errors) < 0)
		goto failed;
	advice_give(&master->log, master->candidate->conf, master->candidate->check);
	if (log_open(master->candidate, &errors) < 0)
		goto failed;
	code = EX_UNAVAILABLE;
	if (sockets_bind(master->candidate, &errors) < 0)
		goto failed;
	conf_errors_fini(&errors);
	generation_start(master->candidate);
	return;
failed:
	candidate_drop(master);
	reload_failed(master, code, &errors);
	conf_errors_fini(&errors);
}

/* the switch --------------------------------------------------------------------------------- */

/* Whether there is a place for the one that serves; if not, the oldest has to make one now. */
static bool
draining_has_place(struct master *master)
{
	struct generation *generation, *oldest = NULL;
	unsigned n = 0;

	TAILQ_FOREACH(generation, &master->generations, entry)
		if (generation->state == GENERATION_DRAINING) {
			oldest = generation;
			n++;
		}
	if (n < RELOAD_DRAINING_MAX)
		return true;
	if (!oldest->hurried)
		log_notice(&master->log,
			   "generation %u has to finish now, before its drain_timeout: %u are "
			   "draining already",
			   oldest->number, n);
	generation_hurry(oldest);
	return false;
}

/* What the conf listens on; if that is nothing, what modules do. */
static const char *
ready_addresses(const struct master *master, char *buf, size_t size)
{
	const struct listener_set *listeners = &master->running->listeners;

	return listeners->count > 0 ? listener_set_format(listeners, buf, size)
				    : shared_format(&master->shared, buf, size);
}

static void
ready_log(struct master *master, const struct generation *old)
{
	const struct generation *generation = master->running;
	unsigned long took_ms = (unsigned long)master->reload.result.took_ms;
	char addresses[512];

	ready_addresses(master, addresses, sizeof(addresses));
	if (old)
		log_notice(&master->log,
			   "generation %u is serving: %u worker%s, after %lu ms; "
			   "generation %u drains",
			   generation->number, generation->nseats, human_s(generation->nseats),
			   took_ms, old->number);
	else
		log_notice(&master->log, "eddyd %s ready: %u worker%s, generation %u%s%s",
			   PACKAGE_VERSION, generation->nseats, human_s(generation->nseats),
			   generation->number, addresses[0] != '\0' ? ", listening on " : "",
			   addresses);
}

/* With workers that are not root, this process need not be all that root can be. */
static void
privileges_limit(struct master *master)
{
	int error = master->running->identity.changes ? privileges_keep_few() : 0;

	if (error)
		log_warning(&master->log, "eddyd keeps all of root's privileges: %s",
			    strerror(-error));
}

static void
reload_switch(struct master *master)
{
	struct generation *old = master->running;

	master->running = master->candidate;
	master->candidate = NULL;
	master->log.wait_ms = 0;
	listener_set_listen(&master->running->listeners, master->running->conf);
	generation_run(master->running);
	control_adopt(&master->control, &master->reload.control);
	listener_set_adjust(&master->running->listeners, master->running->conf);
	store_switch(master, old ? &old->listeners : NULL);
	activation_serve(&master->activation, &master->running->listeners, &master->log);
	privileges_limit(master);
	log_switch(master);
	result_set(master, 0, NULL);
	ready_log(master, old);
	master_set_state(master, MASTER_RUNNING);
	master->reload.leaving = old;
	if (old) {
		timer_set(master->reload.patience, RELOAD_LEAVE_MS);
		generation_drain(old);
	} else {
		reload_over(master);
	}
}

/* The candidate is ready, and waits for a generation to be gone if too many are draining. */
static void
reload_try_switch(struct master *master)
{
	master->reload.waiting = !draining_has_place(master);
	if (!master->reload.waiting)
		reload_switch(master);
}

void
reload_generation_gone(struct master *master)
{
	if (master->reload.waiting)
		reload_try_switch(master);
}

/* The switch is complete, or has been waited for long enough. */
static void
reload_leave(struct master *master)
{
	master->reload.leaving = NULL;
	event_del(master->reload.patience);
	reload_over(master);
}

static void
on_patience(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	reload_leave(arg);
}

void
reload_left(struct generation *generation)
{
	struct master *master = generation->master;

	if (master->reload.leaving == generation && !generation_accepts(generation))
		reload_leave(master);
}

void
reload_candidate_ready(struct generation *generation)
{
	struct master *master = generation->master;

	if (generation->check) {
		candidate_drop(master);
		master_finish(master, EX_OK);
	} else {
		reload_try_switch(master);
	}
}

void
reload_candidate_failed(struct generation *generation, int code, const char *text)
{
	struct master *master = generation->master;
	struct conf_errors errors = {0};

	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		conf_errors_add(&errors, (struct conf_where){0}, "%.*s", (int)n, text);
	}
	candidate_drop(master);
	reload_failed(master, code, &errors);
	conf_errors_fini(&errors);
}

/* asking ------------------------------------------------------------------------------------- */

static void
on_next(evutil_socket_t fd, short what, void *arg)
{
	struct master *master = arg;

	(void)fd;
	(void)what;
	if (master->state == MASTER_RUNNING && master->reload.again)
		reload_begin(master);
}

int
reload_request(struct master *master, const char *who)
{
	switch (master->state) {
	case MASTER_RUNNING:
		if (!master->reload.leaving) {
			log_notice(&master->log, "reload, asked for by %s", who);
			reload_begin(master);
			return 0;
		}
		/* fall through */
	case MASTER_STARTING:
	case MASTER_RELOADING:
		if (!master->reload.again)
			log_notice(&master->log, "another reload follows this one, asked for by %s",
				   who);
		master->reload.again = true;
		return 0;
	default:
		return -ESHUTDOWN;
	}
}

void
reload_abandon(struct master *master)
{
	master->reload.again = false;
	if (master->reload.leaving)
		reload_leave(master);
	if (master->state == MASTER_RELOADING) {
		result_set(master, EX_TEMPFAIL, strdup("eddyd is stopping"));
		control_reload_done(&master->control, master->reload.serial + 1,
				    &master->reload.result);
	}
	candidate_drop(master);
}

int
reload_init(struct master *master)
{
	control_socket_init(&master->reload.control);
	master->reload.log_fd = -1;
	master->reload.next = evtimer_new(master->base, on_next, master);
	master->reload.patience = evtimer_new(master->base, on_patience, master);
	return master->reload.next && master->reload.patience ? 0 : -ENOMEM;
}

void
reload_fini(struct master *master)
{
	if (master->reload.next)
		event_free(master->reload.next);
	if (master->reload.patience)
		event_free(master->reload.patience);
	control_socket_close(&master->reload.control);
	free(master->reload.result.error);
}
