/*
 * What a worker says over its link, message by message.
 *
 * It is taken for what it is: bytes from a process that runs other people's modules. Nothing is
 * believed that can be checked, and what is not in order touches nothing.
 */
#include "daemon/message.h"
#include "daemon/backtrace.h"
#include "daemon/child.h"
#include "daemon/cluster.h"
#include "daemon/generation.h"
#include "daemon/listen.h"
#include "daemon/master.h"
#include "daemon/reopen.h"
#include "daemon/workers.h"

#include <event2/event.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REFUSAL_MAX 16384 /* bytes of reasons; what a worker says behind them is not listened to */

/* Each takes one message; false: that is not in order. */
typedef bool message_handler(struct child *child, const struct contract_message *message);

static bool
take_ready(struct child *child, const struct contract_message *message)
{
	(void)message;
	if (child->state != CHILD_INIT)
		return false;
	if (child->stopped) /* it has been told to leave before: it will not serve */
		return true;
	child->state = CHILD_READY;
	if (child->killed_for) /* too late: it has not served, and will not */
		return true;
	child->was_ready = true;
	event_del(child->deadline);
	if (!child->reaped)
		generation_child_ready(child);
	return true;
}

/* Of the option with that number among those of all modules. */
static struct conf_where
option_where(const struct conf *conf, size_t index)
{
	for (size_t i = 0; i < conf->nmodules; i++) {
		if (index < conf->modules[i].noptions)
			return conf->modules[i].options[index].where;
		index -= conf->modules[i].noptions;
	}
	return (struct conf_where){0};
}

/* The place in the conf that a worker's failure is about. */
static struct conf_where
fail_where(const struct conf *conf, const struct contract_fail *fail)
{
	if (fail->kind == CONTRACT_FAIL_MODULE && fail->index < conf->nmodules)
		return conf->modules[fail->index].where;
	if (fail->kind == CONTRACT_FAIL_ROUTE && fail->index < conf->nroutes)
		return conf->routes[fail->index].where;
	if (fail->kind == CONTRACT_FAIL_OPTION)
		return option_where(conf, fail->index);
	if (fail->kind == CONTRACT_FAIL_LISTEN && fail->index < conf->nlistens)
		return conf->listens[fail->index].where;
	return (struct conf_where){0};
}

static bool
take_stopped(struct child *child, const struct contract_message *message)
{
	if (message->size != 0)
		return false;
	child->stopped = true;
	/* TERM has come before the answer to a listen of `load`: how it ends says the rest. */
	if (child->state == CHILD_INIT && child->generation->state != GENERATION_CANDIDATE)
		return true;
	if (child->generation->state == GENERATION_DRAINING) /* none takes its place */
		shared_drop_all(&child->master->shared, &child->shared);
	generation_child_stopped(child);
	return true;
}

/* One reason more, with its place in the conf. */
static void
refusal_add(struct child *child, struct conf_where where, const char *text, size_t size)
{
	char place[32] = "", *all = NULL;
	const char *before = child->refusal ? child->refusal : "";
	int n;

	if (where.file)
		snprintf(place, sizeof(place), ":%u: ", where.line);
	n = asprintf(&all, "%s%s%s%s%.*s", before, before[0] ? "\n" : "",
		     where.file ? where.file : "", place, (int)size, text);
	if (n < 0)
		return;
	for (char *p = all + strlen(before) + (before[0] != '\0'); *p; p++)
		if (*p == '\n')
			*p = ' '; /* it is one line */
	free(child->refusal);
	child->refusal = all;
}

/* Each of its modules may say why it refuses. */
static bool
take_fail(struct child *child, const struct contract_message *message)
{
	const struct contract_fail *fail;
	const char *text;
	size_t size;

	fail = contract_body(message, sizeof(*fail), &text, &size);
	if (!fail || child->state != CHILD_INIT)
		return false;
	if (!child->refusal || strlen(child->refusal) < REFUSAL_MAX)
		refusal_add(child, fail_where(child->generation->conf, fail), text, size);
	return true;
}

static bool
take_log(struct child *child, const struct contract_message *message)
{
	const struct log_about *before = child->master->log.about;
	struct log_about about;
	const struct contract_log *line;
	const char *text;
	size_t size;

	line = contract_body(message, sizeof(*line), &text, &size);
	if (!line || line->module_size > size || line->priority > LOG_DEBUG)
		return false;
	/* Not what it is doing now: that may be something else already. */
	about = (struct log_about){
		.worker = child->worker,
		.generation = child->generation->number,
		.pid = child->pid,
		.module = text,
		.module_size = line->module_size,
	};
	child->master->log.about = &about;
	log_worker(&child->master->log, (int)line->priority, child->worker, text, line->module_size,
		   text + line->module_size, size - line->module_size);
	child->master->log.about = before;
	return true;
}

static bool
take_publish(struct child *child, const struct contract_message *message)
{
	return cluster_relay(child, message);
}

static bool
take_reopened(struct child *child, const struct contract_message *message)
{
	const struct contract_reopened *reopened =
		contract_body(message, sizeof(*reopened), NULL, NULL);

	if (!reopened || reopened->count > child->reopens)
		return false;
	child->reopened = reopened->count;
	reopen_look(child->master);
	return true;
}

static bool
take_replace(struct child *child, const struct contract_message *message)
{
	(void)message;
	workers_replace(child);
	return true;
}

static message_handler *const handlers[] = {
	[CONTRACT_READY] = take_ready,	     [CONTRACT_FAIL] = take_fail,
	[CONTRACT_LOG] = take_log,	     [CONTRACT_PUBLISH] = take_publish,
	[CONTRACT_STOPPED] = take_stopped,   [CONTRACT_LISTEN] = listen_take,
	[CONTRACT_UNLISTEN] = listen_end,    [CONTRACT_BACKTRACE] = backtrace_take,
	[CONTRACT_REOPENED] = take_reopened, [CONTRACT_REPLACE] = take_replace,
};

bool
message_take(struct child *child, const struct contract_message *message)
{
	for (size_t i = 0; i < message->nfds; i++)
		close(message->fds[i]);
	if (message->nfds || message->type >= sizeof(handlers) / sizeof(handlers[0]) ||
	    !handlers[message->type])
		return false;
	return handlers[message->type](child, message);
}
