/*
 * welcome: what a fresh eddy shows, a page that says what this server is and how it is doing, live.
 *
 *	module "welcome" {}
 *	route "/"     { module = "welcome" }
 *	route "/live" { module = "welcome"  handler = "live" }
 *
 * The page comes with the figures of this moment, and goes on with those that `live` streams, as
 * server-sent events, one a second; to who does not ask for a stream `live` gives them once, as JSON.
 * Mounted elsewhere, the option `live` tells the page where the other one is.
 *
 * However many pages are open, a worker collects the figures once a second for all of its streams,
 * and not at all for none. Who reads too slowly misses frames, instead of having them pile up here.
 */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/random.h>

#include "welcome_html.h" /* page_html: welcome.html, in which @NAME@ stands for a figure */

#define BEAT_MS 1000
#define RETRY_MS 500	     /* after which a page comes back, at least … */
#define RETRY_SPREAD_MS 1000 /* … and so much later at most: not all of them at once */
#define NONCE_SIZE 33	     /* 16 random bytes in hex, and NUL */

typedef unsigned long long count;

/* A page that is open. */
struct stream {
	LIST_ENTRY(stream) link;
	struct welcome *welcome;
	eddy_response *res;
};

struct welcome {
	const char *live;
	LIST_HEAD(, stream) streams;
	eddy_timer *beat; /* NULL: there is no stream */
	bool leaving;
};

/* What there is to say at one moment. */
struct figures {
	eddy_totals totals;
	eddy_worker_info *workers;
	size_t nworkers;
	uint64_t connections, idle, parked, rss;
	uint64_t draining; /* generations: a bit for each, counted back from the one that serves */
};

static void
figures_add(struct figures *figures, const eddy_worker_info *info)
{
	uint32_t back = figures->totals.generation - info->generation;

	figures->connections += info->connections;
	figures->idle += info->idle;
	figures->parked += info->parked;
	figures->rss += info->rss;
	if (strcmp(info->state, "DRAINING") == 0 && back < 64)
		figures->draining |= UINT64_C(1) << back;
}

/* False: no memory. What has been collected is the caller's to free, either way. */
static bool
figures_collect(struct figures *figures)
{
	eddy_worker_info info = {.size = sizeof(info)}, *workers;

	*figures = (struct figures){.totals.size = sizeof(figures->totals)};
	eddy_cluster_totals(&figures->totals);
	for (size_t i = 0; eddy_cluster_workers(i, &info); i++) {
		workers = realloc(figures->workers, (i + 1) * sizeof(*workers));
		if (workers == NULL)
			return false;
		workers[i] = info;
		figures->workers = workers;
		figures->nworkers = i + 1;
		figures_add(figures, &info);
	}
	return true;
}

/* JSON ---------------------------------------------------------------------------- */

static void
numbers_print(FILE *out, const char *name, const uint64_t *numbers, size_t n)
{
	fprintf(out, ",\"%s\":[", name);
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s%llu", i > 0 ? "," : "", (count)numbers[i]);
	fputc(']', out);
}

static void
worker_print(FILE *out, const eddy_worker_info *info)
{
	fprintf(out,
		"{\"worker\":%u,\"generation\":%u,\"pid\":%d,\"state\":\"%s\",\"uptime\":%.1f,"
		"\"connections\":%llu,\"idle\":%llu,\"parked\":%llu,\"accepted\":%llu,"
		"\"requests\":%llu,\"bytes_in\":%llu,\"bytes_out\":%llu,\"rss\":%llu,"
		"\"heap_used\":%llu,\"cpu_user\":%llu,\"cpu_system\":%llu,\"loop_lag\":%llu,"
		"\"loop_lag_max\":%llu}",
		info->worker, info->generation, (int)info->pid, info->state, info->uptime,
		(count)info->connections, (count)info->idle, (count)info->parked,
		(count)info->accepted, (count)info->requests, (count)info->bytes_in,
		(count)info->bytes_out, (count)info->rss, (count)info->heap_used,
		(count)info->cpu_user, (count)info->cpu_system, (count)info->loop_lag,
		(count)info->loop_lag_max);
}

/* One line; `at` is in seconds of a clock that all workers have. */
static void
figures_print(FILE *out, const struct figures *figures)
{
	const eddy_totals *t = &figures->totals;

	fprintf(out,
		"{\"at\":%.3f,\"version\":\"%s\",\"generation\":%u,\"uptime\":%.1f,"
		"\"requests\":%llu,\"cpu\":%llu,\"restarts\":%llu,\"crashes\":%llu,"
		"\"quarantined\":%u,\"reloads\":%llu,\"reload_ok\":%s",
		(double)eddy_process_hrtime() / 1e9, t->version, t->generation, t->uptime,
		(count)t->requests, (count)(t->cpu_user + t->cpu_system), (count)t->restarts,
		(count)t->crashes, t->quarantined, (count)(t->reloads + t->reloads_failed),
		t->reload_ok ? "true" : "false");
	numbers_print(out, "responses", t->responses, 6);
	numbers_print(out, "lags", t->loop_lags, EDDY_LOOP_LAGS);
	fputs(",\"workers\":[", out);
	for (size_t i = 0; i < figures->nworkers; i++) {
		if (i > 0)
			fputc(',', out);
		worker_print(out, &figures->workers[i]);
	}
	fputs("]}", out);
}

/* The figures of now between two texts; NULL: no memory. */
static char *
figures_text(const char *before, const char *after, size_t *n)
{
	struct figures figures;
	char *text = NULL;
	FILE *out = NULL;

	if (figures_collect(&figures))
		out = open_memstream(&text, n);
	if (out != NULL) {
		fputs(before, out);
		figures_print(out, &figures);
		fputs(after, out);
		if (fclose(out) != 0) {
			free(text);
			text = NULL;
		}
	}
	free(figures.workers);
	return text;
}

/* Streams ------------------------------------------------------------------------- */

/* A frame that the kernel has not taken whole yet is enough to wait for. */
static void
welcome_beat(void *arg)
{
	struct welcome *welcome = arg;
	struct stream *stream;
	size_t n;
	char *event = figures_text("data: ", "\n\n", &n);

	if (event == NULL)
		return;
	LIST_FOREACH(stream, &welcome->streams, link)
		if (eddy_response_writable_length(stream->res) == 0)
			eddy_response_write(stream->res, event, n);
	free(event);
}

static void
stream_close(eddy_response *res, void *arg)
{
	struct stream *stream = arg;
	struct welcome *welcome = stream->welcome;

	(void)res;
	LIST_REMOVE(stream, link);
	free(stream);
	if (LIST_EMPTY(&welcome->streams)) {
		eddy_clear_interval(welcome->beat);
		welcome->beat = NULL;
	}
}

/* The first event comes at once; it says, too, when to come back after the stream has ended. */
static void
stream_begin(struct stream *stream)
{
	char before[64];
	size_t n;
	char *event;

	snprintf(before, sizeof(before), "retry: %u\ndata: ",
		 RETRY_MS + (unsigned)(eddy_process_hrtime() / 1000 % RETRY_SPREAD_MS));
	event = figures_text(before, "\n\n", &n);
	if (event != NULL)
		eddy_response_write(stream->res, event, n);
	free(event);
}

static bool
is_head(const eddy_request *req)
{
	eddy_str method = eddy_request_method(req);

	return method.n == 4 && memcmp(method.p, "HEAD", 4) == 0;
}

static void
stream_open(struct welcome *welcome, eddy_request *req, eddy_response *res)
{
	static const eddy_response_events events = {.close = stream_close};
	struct stream *stream = malloc(sizeof(*stream));

	if (stream != NULL && welcome->beat == NULL)
		welcome->beat = eddy_set_interval(welcome_beat, BEAT_MS, welcome);
	if (stream == NULL || welcome->beat == NULL) {
		free(stream);
		eddy_response_send(res, 503, "text/plain", "out of memory\n", 14);
		return;
	}
	*stream = (struct stream){.welcome = welcome, .res = res};
	LIST_INSERT_HEAD(&welcome->streams, stream, link);
	eddy_response_on(res, &events, stream);
	eddy_response_set_header(res, "Content-Type", "text/event-stream");
	stream_begin(stream);
	if (welcome->leaving || is_head(req))
		eddy_response_end(res, NULL, 0);
	eddy_request_release(req);
}

/* Texts, as the page's script writes them, too --------------------------------------- */

struct text {
	char s[32];
};

/* "1,234,567" */
static struct text
count_text(uint64_t n)
{
	char digits[24];
	struct text text = {""};
	int size = snprintf(digits, sizeof(digits), "%llu", (count)n);

	for (int i = 0, at = 0; i < size; i++) {
		if (i > 0 && (size - i) % 3 == 0)
			text.s[at++] = ',';
		text.s[at++] = digits[i];
	}
	return text;
}

__attribute__((format(printf, 1, 2))) static struct text
text_of(const char *format, ...)
{
	struct text text;
	va_list list;

	va_start(list, format);
	vsnprintf(text.s, sizeof(text.s), format, list);
	va_end(list);
	return text;
}

static struct text
rate_text(double rate)
{
	return rate < 9.95 ? text_of("%.1f", rate) : count_text((uint64_t)(rate + 0.5));
}

static struct text
span_text(double seconds)
{
	unsigned long s = (unsigned long)seconds;

	if (s >= 86400)
		return text_of("%lu d %lu h", s / 86400, s % 86400 / 3600);
	if (s >= 3600)
		return text_of("%lu h %lu min", s / 3600, s % 3600 / 60);
	if (s >= 60)
		return text_of("%lu min %lu s", s / 60, s % 60);
	return text_of("%lu s", s);
}

static struct text
ms_text(double us)
{
	return text_of("%.*f", us < 9995 ? 2 : us < 99950 ? 1 : 0, us / 1e3);
}

static struct text
mb_text(uint64_t bytes)
{
	return text_of("%.1f", (double)bytes / (1 << 20));
}

/* Percent of a core. */
static struct text
cpu_text(uint64_t us, double seconds)
{
	return text_of("%.1f", seconds > 0 ? (double)us / seconds / 1e4 : 0);
}

/* The page -------------------------------------------------------------------------- */

/* What stands in the page for @NAME@. */
struct texts {
	const char *live, *version, *well, *health, *reload;
	char nonce[NONCE_SIZE];
	struct text generation, uptime, rate, requests, open, active, idle, parked, lag_p50,
		lag_p99, lag_max, cpu, memory, processes, draining, restarts, crashes, quarantined;
};

#define PLACE(name, member)                                            \
	{                                                              \
		name, sizeof(name) - 1, offsetof(struct texts, member) \
	}
static const struct place {
	const char *name;
	size_t n;
	size_t text; /* in struct texts: a pointer for the first POINTERS, else an array */
} places[] = {
	PLACE("LIVE", live),
	PLACE("VERSION", version),
	PLACE("WELL", well),
	PLACE("HEALTH", health),
	PLACE("RELOAD", reload),
	PLACE("NONCE", nonce),
	PLACE("GENERATION", generation),
	PLACE("UPTIME", uptime),
	PLACE("RATE", rate),
	PLACE("REQUESTS", requests),
	PLACE("OPEN", open),
	PLACE("ACTIVE", active),
	PLACE("IDLE", idle),
	PLACE("PARKED", parked),
	PLACE("LAG_P50", lag_p50),
	PLACE("LAG_P99", lag_p99),
	PLACE("LAG_MAX", lag_max),
	PLACE("CPU", cpu),
	PLACE("MEMORY", memory),
	PLACE("PROCESSES", processes),
	PLACE("DRAINING", draining),
	PLACE("RESTARTS", restarts),
	PLACE("CRASHES", crashes),
	PLACE("QUARANTINED", quarantined),
};
#define POINTERS 5

/* `part` of the lags are not above it, as if they were spread evenly in their class. */
static double
lag_percentile(const eddy_totals *t, double part)
{
	double wanted = 0, most = (double)t->loop_lag_highest;

	for (size_t i = 0; i < EDDY_LOOP_LAGS; i++)
		wanted += (double)t->loop_lags[i] * part;
	for (size_t i = 0; i < EDDY_LOOP_LAGS; i++) {
		double n = (double)t->loop_lags[i], end = i > 0 ? (double)(1ull << i) : 0;
		double start = i > 0 ? (double)(1ull << (i - 1)) : 0;

		if (n == 0 || n < wanted) {
			wanted -= n;
			continue;
		}
		end = end < most && i < EDDY_LOOP_LAGS - 1 ? end : most;
		return end > start ? start + (end - start) * wanted / n : end;
	}
	return 0;
}

static void
texts_totals(struct texts *texts, const eddy_totals *t)
{
	texts->version = t->version;
	texts->generation = text_of("%u", t->generation);
	texts->uptime = span_text(t->uptime);
	texts->rate = rate_text(t->uptime > 0 ? (double)t->requests / t->uptime : 0);
	texts->requests = count_text(t->requests);
	texts->lag_p50 = ms_text(lag_percentile(t, 0.5));
	texts->lag_p99 = ms_text(lag_percentile(t, 0.99));
	texts->lag_max = ms_text((double)t->loop_lag_highest);
	texts->cpu = cpu_text(t->cpu_user + t->cpu_system, t->uptime);
	texts->restarts = count_text(t->restarts);
	texts->crashes = count_text(t->crashes);
	texts->quarantined = count_text(t->quarantined);
	texts->reload = !t->reload_ok			     ? "failed"
			: t->reloads + t->reloads_failed > 0 ? "ok"
							     : "none yet";
}

static void
texts_figures(struct texts *texts, const struct figures *figures)
{
	const eddy_totals *t = &figures->totals;
	uint64_t quiet = figures->idle + figures->parked, all = figures->connections;
	bool well = t->reload_ok && t->quarantined == 0;

	texts_totals(texts, t);
	texts->open = count_text(all);
	texts->active = count_text(all > quiet ? all - quiet : 0); /* read an instant apart */
	texts->idle = count_text(figures->idle);
	texts->parked = count_text(figures->parked);
	texts->memory = mb_text(figures->rss);
	texts->processes = count_text(figures->nworkers);
	texts->draining = count_text((uint64_t)__builtin_popcountll(figures->draining));
	texts->well = well ? "yes" : "no";
	texts->health = !well ? "Needs a look" : figures->draining ? "Draining" : "All well";
}

/* One row of the table; the script looks for data-pid. */
static void
row_print(FILE *out, const eddy_worker_info *w, uint32_t generation)
{
	char state[16];
	size_t i = 0;

	for (; w->state[i] != '\0' && i < sizeof(state) - 1; i++)
		state[i] = (char)(w->state[i] | 0x20);
	state[i] = '\0';
	fprintf(out,
		"<tr role=\"row\" data-pid=\"%d\" data-state=\"%s\">"
		"<th scope=\"row\" role=\"rowheader\">%u</th>",
		(int)w->pid, state, w->worker);
#define CELL "<td role=\"cell\">%s"
	fprintf(out, CELL "</td>" CELL, text_of("%d", (int)w->pid).s, state);
	if (w->generation != generation)
		fprintf(out, " (%u)", w->generation);
	fprintf(out, "</td>" CELL "</td>" CELL "</td>" CELL "</td>", span_text(w->uptime).s,
		rate_text(w->uptime > 0 ? (double)w->requests / w->uptime : 0).s,
		count_text(w->connections).s);
	fprintf(out,
		CELL "</td>" CELL "</td>" CELL " MB</td>" CELL " %%</td>" CELL " ms</td></tr>\n",
		count_text(w->idle).s, count_text(w->parked).s, mb_text(w->rss).s,
		cpu_text(w->cpu_user + w->cpu_system, w->uptime).s,
		ms_text((double)w->loop_lag_max).s);
#undef CELL
}

static const char *
place_text(const struct texts *texts, const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *member = (const char *)texts + places[i].text;

		if (places[i].n == n && memcmp(places[i].name, name, n) == 0)
			return i < POINTERS ? *(const char *const *)(const void *)member : member;
	}
	return NULL;
}

/* The page with what stands for each @NAME@; an @ that begins no name is one. */
static void
page_print(FILE *out, const struct figures *figures, const struct texts *texts)
{
	const char *rest = page_html, *at;

	while ((at = strchr(rest, '@')) != NULL) {
		size_t n = strspn(at + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
		const char *text = place_text(texts, at + 1, n);

		fwrite(rest, 1, (size_t)(at - rest), out);
		rest = at + n + 2;
		if (text != NULL) {
			fputs(text, out);
		} else if (n == strlen("WORKERS") && memcmp(at + 1, "WORKERS", n) == 0) {
			for (size_t i = 0; i < figures->nworkers; i++)
				row_print(out, &figures->workers[i], figures->totals.generation);
		} else {
			fputc('@', out);
			rest = at + 1;
		}
	}
	fputs(rest, out);
}

static bool
nonce_make(char *nonce)
{
	unsigned char bytes[(NONCE_SIZE - 1) / 2];

	if (getrandom(bytes, sizeof(bytes), GRND_NONBLOCK) != sizeof(bytes))
		return false;
	for (size_t i = 0; i < sizeof(bytes); i++)
		snprintf(nonce + 2 * i, 3, "%02x", bytes[i]);
	return true;
}

/* NULL: no memory, or no random bytes. */
static char *
page_make(const struct welcome *welcome, struct texts *texts, size_t *n)
{
	struct figures figures;
	char *page = NULL;
	FILE *out = NULL;

	if (figures_collect(&figures) && nonce_make(texts->nonce))
		out = open_memstream(&page, n);
	if (out != NULL) {
		texts->live = welcome->live;
		texts_figures(texts, &figures);
		page_print(out, &figures, texts);
		if (fclose(out) != 0) {
			free(page);
			page = NULL;
		}
	}
	free(figures.workers);
	return page;
}

/* Requests ------------------------------------------------------------------------ */

static bool
is_get(eddy_request *req, eddy_response *res)
{
	eddy_str method = eddy_request_method(req);

	if ((method.n == 3 && memcmp(method.p, "GET", 3) == 0) || is_head(req))
		return true;
	eddy_response_set_header(res, "Allow", "GET, HEAD");
	eddy_response_send(res, 405, "text/plain", "there is nothing to change here\n", 32);
	return false;
}

static void
unavailable(eddy_response *res)
{
	eddy_response_set_header(res, "Retry-After", "1");
	eddy_response_send(res, 503, "text/plain", "out of memory\n", 14);
}

/* Nothing but what is in the page itself, and its stream, may be loaded or run. */
static void
policy_set(eddy_response *res, const char *nonce)
{
	char policy[256];

	snprintf(policy, sizeof(policy),
		 "default-src 'none'; style-src 'nonce-%s'; script-src 'nonce-%s'; "
		 "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
		 "frame-ancestors 'none'",
		 nonce, nonce);
	eddy_response_set_header(res, "Content-Security-Policy", policy);
	eddy_response_set_header(res, "X-Content-Type-Options", "nosniff");
	eddy_response_set_header(res, "Referrer-Policy", "no-referrer");
}

static void
welcome_page(eddy_request *req, eddy_response *res, void *state)
{
	struct texts texts;
	size_t n;
	char *page;

	if (!is_get(req, res))
		return;
	page = page_make(state, &texts, &n);
	eddy_response_set_header(res, "Cache-Control", "no-store");
	if (page != NULL) {
		policy_set(res, texts.nonce);
		eddy_response_send(res, 200, "text/html; charset=utf-8", page, n);
		free(page);
	} else {
		unavailable(res);
	}
}

/* An EventSource says so. */
static bool
wants_stream(eddy_request *req)
{
	static const char type[] = "text/event-stream";
	eddy_str accept = eddy_request_header(req, "accept");

	for (size_t i = 0; i + sizeof(type) - 1 <= accept.n; i++)
		if (memcmp(accept.p + i, type, sizeof(type) - 1) == 0)
			return true;
	return false;
}

static void
welcome_live(eddy_request *req, eddy_response *res, void *state)
{
	size_t n;
	char *text;

	if (!is_get(req, res))
		return;
	eddy_response_set_header(res, "Cache-Control", "no-store");
	if (wants_stream(req)) {
		stream_open(state, req, res);
		return;
	}
	text = figures_text("", "\n", &n);
	if (text != NULL)
		eddy_response_send(res, 200, "application/json", text, n);
	else
		unavailable(res);
	free(text);
}

/* Life ---------------------------------------------------------------------------- */

static int
welcome_load(eddy_module *self, void **state)
{
	const char *live = eddy_module_option(self, "live", "/live");
	struct welcome *welcome;

	if (live[0] != '/' || strpbrk(live, "\"'<>&\\ ") != NULL)
		return eddy_module_fail(self, "option live = \"%s\": not a path such as \"/live\"",
					live);
	welcome = calloc(1, sizeof(*welcome));
	if (welcome == NULL)
		return eddy_module_fail(self, "out of memory");
	welcome->live = live;
	LIST_INIT(&welcome->streams);
	*state = welcome;
	return 0;
}

/* A reload or a stop: the streams end, and the pages ask the next generation. */
static void
welcome_drain(void *state)
{
	struct welcome *welcome = state;
	struct stream *stream;

	welcome->leaving = true;
	LIST_FOREACH(stream, &welcome->streams, link)
		eddy_response_end(stream->res, NULL, 0);
}

static void
welcome_unload(void *state)
{
	struct welcome *welcome = state;

	eddy_clear_interval(welcome->beat);
	free(welcome);
}

static const struct eddy_handler welcome_handlers[] = {{"live", welcome_live}, {NULL, NULL}};

static const char *const welcome_options[] = {"live", NULL};

EDDY_MODULE(.name = "welcome", .version = "2", .load = welcome_load, .drain = welcome_drain,
	    .unload = welcome_unload, .request = welcome_page, .handlers = welcome_handlers,
	    .options = welcome_options);
