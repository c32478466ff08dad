/*
 * ticker: server-sent events, one with the time every second.
 *
 *	module "ticker" { options { interval = "1000" } }
 *	route "/ticks" { module = "ticker"  write_timeout = "0" }
 *
 * Try it with `curl -N http://127.0.0.1:8080/ticks`, or `new EventSource("/ticks")` in a page. A
 * client that reads too slowly misses beats instead of having them pile up here, and one that
 * leaves takes its timer with it.
 */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct ticker {
	unsigned ms;
	bool leaving;
	struct client *clients;
};

/* One client; in a list, so that `drain` finds it. */
struct client {
	struct client *next, **link;
	eddy_response *res;
	eddy_timer *timer;
	unsigned long beat;
	bool full; /* a write has said false: it gets no beat until `drain` */
};

static void
client_beat(void *arg)
{
	struct client *client = arg;
	time_t now = time(NULL);
	struct tm utc;
	char event[128], iso[32];
	int n;

	client->beat++;
	if (client->full)
		return;
	strftime(iso, sizeof(iso), "%FT%TZ", gmtime_r(&now, &utc));
	n = snprintf(event, sizeof(event), "id: %lu\ndata: %s\n\n", client->beat, iso);
	client->full = !eddy_response_write(client->res, event, (size_t)n);
}

static void
client_drain(eddy_response *res, void *arg)
{
	(void)res;
	((struct client *)arg)->full = false;
}

static void
client_close(eddy_response *res, void *arg)
{
	struct client *client = arg;

	(void)res;
	eddy_clear_interval(client->timer);
	*client->link = client->next;
	if (client->next != NULL)
		client->next->link = client->link;
	free(client);
}

/* An EventSource comes back by itself. */
static void
client_end(struct client *client)
{
	eddy_clear_interval(client->timer);
	eddy_response_end(client->res, NULL, 0);
}

static bool
is_head(const eddy_request *req)
{
	eddy_str method = eddy_request_method(req);

	return method.n == 4 && memcmp(method.p, "HEAD", 4) == 0;
}

static void
ticker_request(eddy_request *req, eddy_response *res, void *state)
{
	static const eddy_response_events events = {.drain = client_drain, .close = client_close};
	struct ticker *ticker = state;
	struct client *client = calloc(1, sizeof(*client));

	if (client == NULL ||
	    (client->timer = eddy_set_interval(client_beat, ticker->ms, client)) == NULL) {
		free(client);
		eddy_response_send(res, 503, "text/plain", "no memory\n", 10);
		return;
	}
	client->res = res;
	client->next = ticker->clients;
	client->link = &ticker->clients;
	if (client->next != NULL)
		client->next->link = &client->next;
	ticker->clients = client;
	eddy_response_on(res, &events, client);
	eddy_response_set_header(res, "Content-Type", "text/event-stream");
	eddy_response_set_header(res, "Cache-Control", "no-store");
	eddy_response_flush_headers(res);
	if (ticker->leaving || is_head(req))
		client_end(client);
	eddy_request_release(req);
}

/* A reload or a stop: the streams end, and so do those that are still to come. */
static void
ticker_drain(void *state)
{
	struct ticker *ticker = state;

	ticker->leaving = true;
	for (struct client *client = ticker->clients; client != NULL; client = client->next)
		client_end(client);
}

static int
ticker_load(eddy_module *self, void **state)
{
	const char *interval = eddy_module_option(self, "interval", "1000");
	unsigned long ms = strtoul(interval, NULL, 10);
	struct ticker *ticker;

	if (ms < 1 || ms > 3600000 || strspn(interval, "0123456789") != strlen(interval))
		return eddy_module_fail(
			self, "bad interval \"%s\": give milliseconds, 1 to 3600000", interval);
	ticker = calloc(1, sizeof(*ticker));
	if (ticker == NULL)
		return eddy_module_fail(self, "no memory");
	ticker->ms = (unsigned)ms;
	*state = ticker;
	return 0;
}

static void
ticker_unload(void *state)
{
	free(state);
}

static const char *const options[] = {"interval", NULL};

EDDY_MODULE(.name = "ticker", .version = "1", .load = ticker_load, .drain = ticker_drain,
	    .unload = ticker_unload, .request = ticker_request, .options = options);
