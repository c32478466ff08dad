/*
 * Opening the log files again; see reopen.h.
 */
#include "daemon/reopen.h"
#include "daemon/access_log.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
#include "daemon/master.h"
#include "daemon/reload.h"
#include "daemon/status.h"

#include <event2/event.h>

#include <errno.h>
#include <jansson.h>
#include <stdio.h>

static int
generation_reopen(struct generation *generation, struct conf_errors *errors)
{
	struct child *child;
	int fd;

	if (generation->conf->http.log != CONF_LOG_FILE || generation->check)
		return 0;
	if (access_log_open(generation->conf, false, &fd, errors) < 0)
		return -1;
	generation_log_set(generation, fd);
	TAILQ_FOREACH(child, &generation->children, entry)
		child_reopen(child, fd);
	return 0;
}

/* eddyd's own. */
static int
own_reopen(struct master *master, struct conf_errors *errors)
{
	struct conf conf = {.log = CONF_LOG_FILE, .log_place = master->log.path};
	int fd;

	if (master->log.where != CONF_LOG_FILE || !conf.log_place)
		return 0;
	if (own_log_open(&conf, false, &fd, errors) < 0)
		return -1;
	log_use(&master->log, CONF_LOG_FILE, fd, conf.log_place);
	return 0;
}

int
reopen_logs(struct master *master, const char *who, char **error)
{
	struct generation *generation;
	struct conf_errors errors = {0};
	int rc = own_reopen(master, &errors);

	log_notice(&master->log, "reopening log files, asked for by %s", who);
	TAILQ_FOREACH(generation, &master->generations, entry)
		if (generation_reopen(generation, &errors) < 0)
			rc = -1;
	*error = reload_errors_tell(&master->log, &errors);
	conf_errors_fini(&errors);
	master->reopen.waits = true;
	timer_set(master->reopen.late, REOPEN_LATE_MS);
	return rc;
}

/* The first worker that still may write to a file of before; NULL: none does. */
static const struct child *
owing_find(const struct master *master)
{
	const struct generation *generation;
	const struct child *child;

	TAILQ_FOREACH(generation, &master->generations, entry)
		TAILQ_FOREACH(child, &generation->children, entry)
			if (child_owes_reopened(child))
				return child;
	return NULL;
}

static void
reopen_over(struct master *master, json_t *answer)
{
	master->reopen.waits = false;
	event_del(master->reopen.late);
	control_tell(&master->control, CONTROL_REOPEN, CONTROL_ANY, answer);
}

void
reopen_look(struct master *master)
{
	if (!master->reopen.waits || owing_find(master))
		return;
	log_info(&master->log, "nothing is written to the log files of before any more");
	reopen_over(master, json_pack("{s:b}", "ok", 1));
}

static void
on_late(evutil_socket_t fd, short what, void *arg)
{
	struct master *master = arg;
	const struct child *child = owing_find(master);
	char why[160];

	(void)fd;
	(void)what;
	if (!child)
		return;
	snprintf(why, sizeof(why),
		 "worker %u (pid %d, generation %u) may still write to the log file of before: it "
		 "has not changed over within %d s",
		 child->worker, (int)child->pid, child->generation->number, REOPEN_LATE_MS / 1000);
	log_warning(&master->log, "%s", why);
	reopen_over(master, json_pack("{s:b, s:o}", "ok", 0, "error", status_text_json(why)));
}

void
reopen_resume(struct master *master)
{
	if (!owing_find(master))
		return;
	master->reopen.waits = true;
	timer_set(master->reopen.late, REOPEN_LATE_MS);
}

int
reopen_init(struct master *master)
{
	master->reopen.late = evtimer_new(master->base, on_late, master);
	return master->reopen.late ? 0 : -ENOMEM;
}

void
reopen_fini(struct master *master)
{
	if (master->reopen.late)
		event_free(master->reopen.late);
	master->reopen.late = NULL;
}
