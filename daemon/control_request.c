/*
 * What clients of the control socket ask for: one function for each request, which answers now or
 * has the client wait; see control.h for what there is.
 */
#include "daemon/backtrace.h"
#include "daemon/control_client.h"
#include "daemon/master.h"
#include "daemon/quarantine.h"
#include "daemon/reopen.h"
#include "daemon/status.h"
#include "daemon/workers.h"

#include <event2/bufferevent.h>

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
do_status(struct control_client *client, char **words)
{
	(void)words;
	client_write(client, status_json(client->control->master));
	client_ok(client);
}

static void
do_workers(struct control_client *client, char **words)
{
	(void)words;
	client_write(client,
		     json_pack("{s:o*}", "workers", status_workers_json(client->control->master)));
	client_ok(client);
}

static void
do_routes(struct control_client *client, char **words)
{
	const struct master *master = client->control->master;

	(void)words;
	client_write(client, json_pack("{s:o, s:o}", "routes", status_routes_json(master->running),
				       "shared_listeners", status_shared_json(master)));
	client_ok(client);
}

static void
do_reload(struct control_client *client, char **words)
{
	struct master *master = client->control->master;

	(void)words;
	/* Before asking: a reload that fails at once is answered from inside the request. */
	client->waits_for = reload_serial_next(&master->reload);
	bufferevent_set_timeouts(client->stream, NULL, NULL);
	if (reload_request(master, "eddyctl") < 0) {
		client->waits_for = 0;
		client_refuse(client, "eddyd is stopping");
	}
}

static void
do_stop(struct control_client *client, char **words)
{
	(void)words;
	client->stays = true;
	bufferevent_set_timeouts(client->stream, NULL, NULL);
	client_write(client, json_pack("{s:b}", "ok", 1));
	/* Asking twice is no more urgent: that is what signals are for. */
	if (client->control->master->state < MASTER_DRAINING)
		master_stop(client->control->master, "eddyctl");
}

static void
do_reopen(struct control_client *client, char **words)
{
	char *error;

	(void)words;
	client_wait(client, CONTROL_REOPEN, CONTROL_ANY);
	if (reopen_logs(client->control->master, "eddyctl", &error) < 0) {
		client->wait = CONTROL_NOTHING;
		client_refuse(client, error);
	}
	free(error);
	reopen_look(client->control->master);
}

/* A number without sign, 0 to INT_MAX; -1: that is none. */
static long
number_parse(const char *word)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(word, &end, 10);
	if (*word < '0' || *word > '9' || *end || errno || number > INT_MAX)
		return -1;
	return number;
}

static void
do_set(struct control_client *client, char **words)
{
	struct master *master = client->control->master;
	long n = number_parse(words[2]);
	char why[WORKERS_WHY_BYTES];

	if (strcmp(words[1], "workers") != 0) {
		client_refuse(client, "only `workers` can be set: set workers N");
	} else if (n < 0) {
		client_refuse(client, "how many workers? set workers N takes a number, from 1 on");
	} else if (workers_set(master, (unsigned)n, "eddyctl", why) < 0) {
		client_refuse(client, why);
	} else {
		client_wait(client, CONTROL_WORKERS, CONTROL_ANY);
		workers_look(master);
	}
}

/* The pid of a worker; -1: it is none, and the client has been told what the command takes. */
static long
pid_parse(struct control_client *client, char **words)
{
	long pid = number_parse(words[1]);
	char text[128];

	if (pid < 0) {
		snprintf(text, sizeof(text),
			 "which worker? %s PID takes the pid of one, as `eddyctl workers` shows "
			 "them",
			 words[0]);
		client_refuse(client, text);
	}
	return pid;
}

static void
do_drain(struct control_client *client, char **words)
{
	long pid = pid_parse(client, words);
	char why[WORKERS_WHY_BYTES];

	if (pid < 0)
		return;
	if (workers_drain(client->control->master, (pid_t)pid, why) < 0)
		client_refuse(client, why);
	else
		client_wait(client, CONTROL_DRAIN, (unsigned)pid);
}

static void
do_dump(struct control_client *client, char **words)
{
	long pid = pid_parse(client, words);
	char why[BACKTRACE_WHY_BYTES];

	if (pid < 0)
		return;
	if (backtrace_dump(client->control->master, (pid_t)pid, why) < 0)
		client_refuse(client, why);
	else
		client_wait(client, CONTROL_DUMP, (unsigned)pid);
}

static void
do_upgrade(struct control_client *client, char **words)
{
	(void)words;
	/* Before asking: one that fails at once is answered from inside the request. */
	client_wait(client, CONTROL_UPGRADE, CONTROL_ANY);
	if (upgrade_request(client->control->master, "eddyctl") == 0)
		return;
	client->wait = CONTROL_NOTHING;
	client_refuse(client, "eddyd is stopping");
}

#define QUARANTINE_WANTS "[clear [MODULE[/ROUTE]]]"

/* Words that are not there are NULL. */
static void
do_quarantine(struct control_client *client, char **words)
{
	struct master *master = client->control->master;
	char text[512];
	unsigned n;

	if (!words[1]) {
		client_write(client, json_pack("{s:o}", "quarantine", quarantine_json(master)));
		client_ok(client);
		return;
	}
	if (strcmp(words[1], "clear") != 0) {
		client_refuse(client, "this request is: quarantine " QUARANTINE_WANTS);
		return;
	}
	n = quarantine_clear(master, words[2]);
	if (n || !words[2]) {
		client_end(client, json_pack("{s:b, s:i}", "ok", 1, "cleared", (int)n));
		return;
	}
	snprintf(text, sizeof(text),
		 "nothing of \"%.200s\" is in quarantine: `eddyctl quarantine` says what is",
		 words[2]);
	client_refuse(client, text);
}

static const struct request {
	const char *name;
	const char *wants; /* its arguments; NULL: none */
	size_t nwords;	   /* with its name */
	size_t most;	   /* of them; 0: no more */
	void (*handle)(struct control_client *client, char **words);
} requests[] = {
	{.name = "status", .nwords = 1, .handle = do_status},
	{.name = "workers", .nwords = 1, .handle = do_workers},
	{.name = "routes", .nwords = 1, .handle = do_routes},
	{.name = "reload", .nwords = 1, .handle = do_reload},
	{.name = "reopen", .nwords = 1, .handle = do_reopen},
	{.name = "upgrade", .nwords = 1, .handle = do_upgrade},
	{.name = "set", .wants = "workers N", .nwords = 3, .handle = do_set},
	{.name = "drain", .wants = "PID", .nwords = 2, .handle = do_drain},
	{.name = "dump", .wants = "PID", .nwords = 2, .handle = do_dump},
	{.name = "quarantine",
	 .wants = QUARANTINE_WANTS,
	 .nwords = 1,
	 .most = 3,
	 .handle = do_quarantine},
	{.name = "stop", .nwords = 1, .handle = do_stop},
};

/* None of those there are: says which there are. */
static void
request_unknown(struct control_client *client)
{
	char text[512];
	size_t used = (size_t)snprintf(text, sizeof(text), "unknown request: there are");

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s %s", i ? "," : "",
					 requests[i].name);
	client_refuse(client, text);
}

static void
request_misused(struct control_client *client, const struct request *request)
{
	char text[128];

	if (!request->wants) {
		client_refuse(client, "this request takes no arguments");
		return;
	}
	snprintf(text, sizeof(text), "this request is: %s %s", request->name, request->wants);
	client_refuse(client, text);
}

size_t
control_split(char *line, char *words[], size_t max)
{
	char *rest = NULL, *word;
	size_t n = 0;

	for (word = strtok_r(line, " \t\r", &rest); word; word = strtok_r(NULL, " \t\r", &rest)) {
		if (n < max)
			words[n] = word;
		n++;
	}
	return n;
}

void
request_take(struct control_client *client, char *line)
{
	char *words[CONTROL_WORDS_MAX] = {NULL};
	size_t n = control_split(line, words, CONTROL_WORDS_MAX);

	client->asked = true;
	for (size_t i = 0; n && i < sizeof(requests) / sizeof(requests[0]); i++) {
		if (strcmp(words[0], requests[i].name) != 0)
			continue;
		if (n >= requests[i].nwords &&
		    n <= (requests[i].most ? requests[i].most : requests[i].nwords))
			requests[i].handle(client, words);
		else
			request_misused(client, &requests[i]);
		return;
	}
	request_unknown(client);
}
