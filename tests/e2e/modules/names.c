/*
 * What the example cannot show of the dns functions: questions by the thousand, cancelled ones, those
 * of a worker that leaves, servers changed on the way. The query's text is the argument.
 */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

struct asked {
	eddy_response *res;
	unsigned left, good, calls;
	bool inside; /* of the call that asks */
	int err;
};

static struct asked *
asked_new(eddy_response *res)
{
	struct asked *asked = calloc(1, sizeof(*asked));

	if (!asked)
		abort();
	asked->res = res;
	return asked;
}

static const char *
argument(eddy_request *req, char text[256])
{
	eddy_str query = eddy_request_query(req);

	snprintf(text, 256, "%.*s", (int)query.n, query.p ? query.p : "");
	return text;
}

static void
say(eddy_response *res, const char *text)
{
	eddy_response_send(res, 200, "text/plain", text, strlen(text));
}

static void
one_more(struct asked *asked, int err)
{
	char text[128];

	if (asked->inside)
		abort();
	asked->calls++;
	if (err == 0)
		asked->good++;
	else
		asked->err = err;
	if (--asked->left > 0)
		return;
	snprintf(text, sizeof(text), "%u of %u, %s", asked->good, asked->calls,
		 eddy_error_name(asked->err));
	say(asked->res, text);
	free(asked);
}

static void
looked_up(int err, const eddy_dns_address *addresses, size_t n, void *arg)
{
	if ((err == 0) != (n > 0) || (n > 0 && !addresses[0].address))
		abort();
	one_more(arg, err);
}

static void
resolved(int err, const eddy_dns_record *const *records, size_t n, void *arg)
{
	if ((err == 0) != (n > 0) || (n > 0 && !records[0]->value))
		abort();
	one_more(arg, err);
}

static void
reversed(int err, const char *const *names, size_t n, void *arg)
{
	if ((err == 0) != (n > 0) || (n > 0 && !names[0]))
		abort();
	one_more(arg, err);
}

/* As many questions of all sorts at once as the argument says. */
static void
crowd(eddy_request *req, eddy_response *res, void *state)
{
	struct asked *asked = asked_new(res);
	char text[256];
	unsigned n = (unsigned)atoi(argument(req, text));

	(void)state;
	asked->left = n;
	asked->inside = true;
	for (unsigned i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "h%u.example.test", i / 4);
		if (i % 4 == 0 && !eddy_dns_lookup(text, 0, looked_up, asked))
			abort();
		if (i % 4 == 1 && !eddy_dns_resolve(text, "A", resolved, asked))
			abort();
		if (i % 4 == 2 && !eddy_dns_reverse("192.0.2.1", reversed, asked))
			abort();
		if (i % 4 == 3 && !eddy_dns_lookup("localhost", 0, looked_up, asked))
			abort();
	}
	asked->inside = false;
}

/* Each sort, cancelled at once; twice, and once too late. */
static void
cancel(eddy_request *req, eddy_response *res, void *state)
{
	struct asked *asked = asked_new(res);
	eddy_dns_query *queries[4];
	char text[256];

	(void)state;
	argument(req, text);
	asked->left = 4;
	asked->inside = true;
	queries[0] = eddy_dns_lookup(text, 0, looked_up, asked);
	queries[1] = eddy_dns_resolve(text, "A", resolved, asked);
	queries[2] = eddy_dns_reverse("192.0.2.1", reversed, asked);
	queries[3] = eddy_dns_lookup("127.0.0.1", 0, looked_up, asked);
	for (int i = 0; i < 8; i++)
		eddy_dns_cancel(queries[i % 4]);
	asked->inside = false;
}

struct late {
	struct asked *asked;
	eddy_dns_query *query;
};

static void
late_cancel(void *arg)
{
	struct late *late = arg;

	eddy_dns_cancel(late->query);
	free(late);
}

/* Cancelled when it is on its way. */
static void
cancel_later(eddy_request *req, eddy_response *res, void *state)
{
	struct late *late = malloc(sizeof(*late));
	char text[256];

	(void)state;
	if (!late)
		abort();
	late->asked = asked_new(res);
	late->asked->left = 1;
	late->query = eddy_dns_resolve(argument(req, text), "A", resolved, late->asked);
	eddy_set_timeout(late_cancel, 50, late);
}

static void
servers(eddy_request *req, eddy_response *res, void *state)
{
	char text[256];
	int err = 0;
	eddy_str now;

	(void)state;
	if (argument(req, text)[0] != '\0')
		err = eddy_dns_set_servers(text);
	now = eddy_dns_get_servers();
	snprintf(text, sizeof(text), "%s %.*s", eddy_error_name(err), (int)now.n, now.p);
	say(res, text);
}

/* Other servers for later questions; the one under way goes on. */
static void
change(eddy_request *req, eddy_response *res, void *state)
{
	struct asked *asked = asked_new(res);
	char text[256];

	(void)state;
	asked->left = 2;
	if (!eddy_dns_resolve("h1.example.test", "A", resolved, asked) ||
	    eddy_dns_set_servers(argument(req, text)) != 0 || eddy_dns_set_timeout(100, 1) != 0 ||
	    !eddy_dns_resolve("h2.example.test", "A", resolved, asked))
		abort();
}

/* Servers of a resolver's own, beside the worker's; it is gone before its queries have ended. */
static void
own(eddy_request *req, eddy_response *res, void *state)
{
	eddy_dns_resolver_options options = {.size = sizeof(options), .timeout = 100, .tries = 1};
	struct asked *asked = asked_new(res);
	eddy_dns_resolver *resolver;
	char text[256];

	(void)state;
	asked->left = 3;
	options.servers = argument(req, text);
	resolver = eddy_dns_create_resolver(&options);
	if (!resolver ||
	    !eddy_dns_resolver_resolve(resolver, "h1.example.test", "A", resolved, asked) ||
	    !eddy_dns_resolve("h2.example.test", "A", resolved, asked) ||
	    !eddy_dns_resolver_reverse(resolver, "192.0.2.1", reversed, asked))
		abort();
	eddy_dns_resolver_destroy(resolver);
}

static void
family(eddy_request *req, eddy_response *res, void *state)
{
	struct asked *asked = asked_new(res);
	char text[256];

	(void)state;
	asked->left = 1;
	argument(req, text);
	if (!eddy_dns_lookup(text + 1, text[0] - '0', looked_up, asked))
		abort();
}

static void
misuse(eddy_request *req, eddy_response *res, void *state)
{
	bool good =
		!eddy_dns_lookup(NULL, 0, looked_up, NULL) &&
		!eddy_dns_lookup("a", 0, NULL, NULL) &&
		!eddy_dns_resolve("a", NULL, resolved, NULL) &&
		!eddy_dns_reverse(NULL, reversed, NULL) &&
		eddy_dns_set_servers(NULL) == EDDY_EINVAL &&
		eddy_dns_set_timeout(0, 1000) == EDDY_EINVAL &&
		!eddy_dns_create_resolver(&(eddy_dns_resolver_options){.servers = "192.0.2.1"}) &&
		!eddy_dns_create_resolver(&(eddy_dns_resolver_options){
			.size = sizeof(eddy_dns_resolver_options), .servers = "example.org"}) &&
		!eddy_dns_create_resolver(&(eddy_dns_resolver_options){
			.size = sizeof(eddy_dns_resolver_options), .tries = 1000});

	(void)req;
	(void)state;
	eddy_dns_cancel(NULL);
	say(res, good ? "refused" : "taken");
}

struct endless {
	eddy_response *res;
	char name[256];
};

static bool stopped;

static void
asked_on(int err, const eddy_dns_address *addresses, size_t n, void *arg)
{
	struct endless *endless = arg;

	(void)err;
	(void)addresses;
	(void)n;
	if (!stopped && eddy_dns_lookup(endless->name, 0, asked_on, endless))
		return;
	say(endless->res, "stopped");
	free(endless);
}

/* Asks again in each answer, until another request stops it. */
static void
ask_on(eddy_request *req, eddy_response *res, void *state)
{
	struct endless *endless = calloc(1, sizeof(*endless));

	(void)state;
	if (!endless)
		abort();
	endless->res = res;
	argument(req, endless->name);
	stopped = false;
	if (!eddy_dns_lookup(endless->name, 0, asked_on, endless))
		abort();
}

static void
stop(eddy_request *req, eddy_response *res, void *state)
{
	(void)req;
	(void)state;
	stopped = true;
	say(res, "stop");
}

struct left {
	eddy_module *self;
	eddy_dns_query *query;
};

static void
left_behind(int err, const eddy_dns_record *const *records, size_t n, void *arg)
{
	struct left *left = arg;

	(void)records;
	(void)n;
	eddy_log(left->self, LOG_INFO, "left behind: %s", eddy_error_name(err));
	if (err == EDDY_DNS_ECANCELLED && !eddy_dns_resolve("again.test", "A", left_behind, left))
		eddy_log(left->self, LOG_INFO, "no more questions");
}

/* Asks and answers without waiting: nobody but the query keeps the worker. */
static void
leave(eddy_request *req, eddy_response *res, void *state)
{
	char text[256];

	if (!eddy_dns_resolve(argument(req, text), "A", left_behind, state))
		abort();
	say(res, "asked");
}

static int
load(eddy_module *self, void **state)
{
	struct left *left = calloc(1, sizeof(*left));

	if (!left)
		return eddy_module_fail(self, "no memory");
	left->self = self;
	*state = left;
	eddy_dns_set_timeout((unsigned)atoi(eddy_module_option(self, "timeout", "0")),
			     (unsigned)atoi(eddy_module_option(self, "tries", "0")));
	return 0;
}

static const struct eddy_handler handlers[] = {
	{"crowd", crowd},     {"cancel", cancel}, {"cancel_later", cancel_later},
	{"servers", servers}, {"change", change}, {"family", family},
	{"misuse", misuse},   {"leave", leave},	  {"ask_on", ask_on},
	{"stop", stop},	      {"own", own},	  {NULL, NULL}};

EDDY_MODULE(.name = "names", .load = load, .unload = free, .handlers = handlers);
