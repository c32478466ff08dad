/*
 * fetch: answers with what another server has, as it comes.
 *
 *	module "fetch" { options { from = "http://127.0.0.1:8000"  timeout = "10000" } }
 *
 * Its route is a prefix: "/fetch/" and an asterisk, as in examples.conf (a comment cannot have it).
 * GET /fetch/a/b?c asks that server, and never another, for /a/b?c, and passes on its status, its
 * body and the headers that are about the body. 502: there is no such server, or it does not answer
 * as one; 504: it does not answer for `timeout` ms. Should it fail later the client's connection is
 * reset, so that half an answer is not taken for a whole one. A client that reads slowly slows the
 * server down, and one that leaves ends the request to it.
 */
#include <arpa/inet.h>
#include <eddy.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#define HOST_SIZE 255 /* of a name that the DNS can have, with its end */
#define PATH_SIZE \
	16384 /* of what is asked for: as much as a head may have, unless max_head says more */

struct fetch {
	const char *from;
	unsigned timeout_ms;
};

/* The answer ---------------------------------------------------------------------- */

static void
refuse(eddy_response *res, int status, const char *why)
{
	char text[256];
	int n = snprintf(text, sizeof(text), "%s\n", why);

	eddy_response_send(res, status, "text/plain", text, (size_t)n);
}

static int
error_status(int err)
{
	switch (err) {
	case EDDY_ETIMEOUT:
	case EDDY_DNS_ETIMEOUT:
	case EDDY_ERRNO(ETIMEDOUT):
		return 504;
	case EDDY_ENOMEM:
	case EDDY_ERRNO(ECANCELED): /* the worker leaves */
		return 503;
	default:
		return 502;
	}
}

/* The client has it all, or one of the two has left. */
static void
fetch_done(int err, void *arg)
{
	(void)arg;
	if (err != 0 && err != EDDY_ECLOSED)
		eddy_log(NULL, LOG_WARNING, "an answer was cut off: %s", eddy_strerror(err));
}

/* The server's head has come: the client's is made of it, and the body flows behind. */
static void
fetch_response(eddy_client_request *asked, eddy_client_response *from, void *arg)
{
	static const char *const names[] = {"Content-Type",	"Content-Length",
					    "Content-Encoding", "Content-Language",
					    "Last-Modified",	"ETag",
					    "Cache-Control",	"Location"};
	eddy_response *res = arg;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		eddy_str had = eddy_client_response_header(from, names[i]);

		char *value = had.p != NULL ? strndup(had.p, had.n) : NULL;

		if (value != NULL)
			eddy_response_set_header(res, names[i], value);
		free(value);
	}
	eddy_response_write_head(res, eddy_client_response_status(from), NULL);
	eddy_response_flush_headers(res);
	if (eddy_pipeline(from, res, fetch_done, res) != 0)
		eddy_client_request_destroy(asked); /* there is no client any more */
}

/* It has failed before there was an answer. Later it is fetch_done that hears of it. */
static void
fetch_error(eddy_client_request *asked, int err, void *arg)
{
	(void)asked;
	refuse(arg, error_status(err), eddy_strerror(err));
}

/* The time stands still while the client is who is slow: it is the server's. */
static void
fetch_timeout(eddy_client_request *asked, void *arg)
{
	eddy_log(NULL, LOG_WARNING, "the server is given up: %s", eddy_error_name(EDDY_ETIMEOUT));
	if (!eddy_response_headers_sent(arg))
		fetch_error(asked, EDDY_ETIMEOUT, arg);
	eddy_client_request_destroy(asked);
}

static const eddy_client_events server_events = {
	.response = fetch_response, .timeout = fetch_timeout, .error = fetch_error};

/* The question -------------------------------------------------------------------- */

/* The client has its answer, or has left: then nobody waits for one. */
static void
fetch_close(eddy_response *res, void *arg)
{
	(void)res;
	eddy_client_request_destroy(arg);
}

static void
fetch_request(eddy_request *req, eddy_response *res, void *state)
{
	static const eddy_response_events events = {.close = fetch_close};
	const struct fetch *fetch = state;
	eddy_str method = eddy_request_method(req), query = eddy_request_query(req);
	eddy_str rest = eddy_request_param(req, "*");
	bool head = method.n == 4 && memcmp(method.p, "HEAD", 4) == 0;
	bool get = method.n == 3 && memcmp(method.p, "GET", 3) == 0;
	char path[PATH_SIZE];
	eddy_http_options options = {.size = sizeof(options),
				     .url = fetch->from,
				     .path = path,
				     .method = head ? "HEAD" : "GET",
				     .timeout = fetch->timeout_ms};
	eddy_client_request *asked;

	if (!get && !head) {
		eddy_response_set_header(res, "Allow", "GET, HEAD");
		refuse(res, 405, "GET it, or HEAD: nothing is sent there");
		return;
	}
	if (snprintf(path, sizeof(path), "/%.*s%s%.*s", (int)rest.n, rest.p != NULL ? rest.p : "",
		     query.p != NULL ? "?" : "", (int)query.n,
		     query.p != NULL ? query.p : "") >= (int)sizeof(path)) {
		refuse(res, 414, "the path is too long");
		return;
	}
	asked = eddy_http_request(&options, &server_events, res);
	if (asked == NULL) {
		refuse(res, 503, eddy_strerror(EDDY_ENOMEM));
		return;
	}
	eddy_response_on(res, &events, asked);
	eddy_client_request_end(asked, NULL, 0);
}

/* The options ---------------------------------------------------------------------- */

/* Where the IPv6 address at p ends, behind its bracket. NULL: it is none. */
static const char *
address_end(const char *p)
{
	size_t n = strcspn(p, "]");
	char text[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (p[n] == '\0' || n > sizeof(text))
		return NULL;
	snprintf(text, sizeof(text), "%.*s", (int)n - 1, p + 1);
	return inet_pton(AF_INET6, text, &address) == 1 ? p + n + 1 : NULL;
}

/* Where the host at p ends. NULL: it is neither a name nor an address. */
static const char *
host_end(const char *p)
{
	static const char host_bytes[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t n = strspn(p, host_bytes);

	if (p[0] == '[')
		return address_end(p);
	if (n == 0 || n >= HOST_SIZE || p[0] == '.' || strstr(p, "..") != NULL)
		return NULL;
	return p + n;
}

/* What is wrong with it; NULL: it may be somebody. */
static const char *
from_fault(const char *from)
{
	static const char scheme[] = "http://";
	const char *p = from;
	unsigned long port;
	char *end;

	if (strncmp(from, scheme, strlen(scheme)) != 0)
		return "it does not begin with http://";
	p += strlen(scheme);
	if (p[strcspn(p, "/?#")] != '\0')
		return "it has a path or query, which are the client's";
	if (p[0] == '\0')
		return "it has no host";
	p = host_end(p);
	if (p == NULL || (p[0] != ':' && p[0] != '\0'))
		return "its host is no name or address";
	if (p[0] == '\0')
		return NULL;
	port = strtoul(p + 1, &end, 10);
	if (p[1] < '0' || p[1] > '9' || *end != '\0' || port == 0 || port > 65535)
		return "its port is no number from 1 to 65535";
	return NULL;
}

static int
fetch_load(eddy_module *self, void **state)
{
	const char *from = eddy_module_option(self, "from", NULL);
	const char *timeout = eddy_module_option(self, "timeout", "10000");
	char *end;
	unsigned long ms = strtoul(timeout, &end, 10);
	struct fetch *fetch;

	if (from == NULL)
		return eddy_module_fail(self,
					"from where? options { from = \"http://127.0.0.1:8000\" }");
	if (from_fault(from) != NULL)
		return eddy_module_fail(self,
					"bad from \"%s\": %s; \"http://host:port\" is due, as in "
					"\"http://127.0.0.1:8000\"",
					from, from_fault(from));
	if (*end != '\0' || end == timeout || ms == 0 || ms > 3600000)
		return eddy_module_fail(self, "bad timeout \"%s\": milliseconds, 1 to 3600000",
					timeout);
	fetch = malloc(sizeof(*fetch));
	if (fetch == NULL)
		return eddy_module_fail(self, "no memory");
	*fetch = (struct fetch){.from = from, .timeout_ms = (unsigned)ms};
	*state = fetch;
	return 0;
}

static const char *const options[] = {"from", "timeout", NULL};

EDDY_MODULE(.name = "fetch", .version = "1", .load = fetch_load, .unload = free,
	    .request = fetch_request, .options = options);
