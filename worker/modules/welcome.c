/*
 * welcome: what a fresh eddy shows, a page that says what this server is and how its workers are
 * doing.
 *
 *	module "welcome" {}
 *	route "/"     { module = "welcome" }
 *	route "/live" { module = "welcome"  handler = "live" }
 *
 * The page asks `live` every second for the figures as JSON. Both are answers to GET; mounted
 * elsewhere, the option `live` tells the page where the other one is.
 */
#include <eddy.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_PLACE "@LIVE@" /* stands in the page where the path of `live` goes */

struct welcome {
	size_t n;
	char *page;
};

static const char page_text[] =
	"<!doctype html>\n"
	"<html lang=\"en\">\n"
	"<meta charset=\"utf-8\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<title>eddy</title>\n"
	"<style>\n"
	":root { color-scheme: light dark; --ink: #1d2b36; --dim: #5d6d79; --line: #d5dde2; "
	"--paper: #fbfcfc; --mark: #0b7285 }\n"
	"@media (prefers-color-scheme: dark) {\n"
	"	:root { --ink: #e3eaee; --dim: #92a3ae; --line: #33414b; --paper: #12191e; --mark: "
	"#66d9e8 }\n"
	"}\n"
	"body { max-width: 60rem; margin: 3rem auto; padding: 0 1.2rem; color: var(--ink); "
	"background: var(--paper);\n"
	"	font: 1rem/1.55 system-ui, sans-serif }\n"
	"h1 { margin: 0; font-size: 2.2rem; letter-spacing: -.02em } h1 b { color: var(--mark) }\n"
	"p { max-width: 40rem } .dim, caption { color: var(--dim) }\n"
	"code { font: .92em ui-monospace, monospace }\n"
	".scroll { overflow-x: auto }\n"
	"table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; "
	"white-space: nowrap }\n"
	"caption { text-align: left; padding: .4rem 0 }\n"
	"th, td { padding: .35rem .7rem .35rem 0; text-align: right; border-bottom: 1px solid "
	"var(--line) }\n"
	"th { font-weight: 600; font-size: .85rem; color: var(--dim) } tfoot td { border: 0; "
	"font-weight: 600 }\n"
	"th:nth-child(-n+3), td:nth-child(-n+3) { text-align: left }\n"
	"</style>\n"
	"<h1><b>eddy</b> is running</h1>\n"
	"<p>This is a prefork HTTP server whose handlers are modules that you load into it. You "
	"see this page because\n"
	"no conf file says otherwise, or because one routes to the module "
	"<code>welcome</code>.</p>\n"
	"<p class=\"dim\">Next: write a module in ten lines of C, name it in "
	"<code>eddy.conf</code>, and\n"
	"<code>eddyctl reload</code>. The README shows how.</p>\n"
	"<div class=\"scroll\"><table>\n"
	"<caption id=\"said\" aria-live=\"polite\">Asking the workers…</caption>\n"
	"<thead><tr><th scope=\"col\">worker<th scope=\"col\">pid<th scope=\"col\">state<th "
	"scope=\"col\">requests\n"
	"<th scope=\"col\">per second<th scope=\"col\">connections<th scope=\"col\">idle<th "
	"scope=\"col\">parked\n"
	"<th scope=\"col\">memory<th scope=\"col\">loop lag</thead>\n"
	"<tbody id=\"workers\"></tbody>\n"
	"<tfoot id=\"sum\"></tfoot>\n"
	"</table></div>\n"
	"<noscript><p>The figures need JavaScript; <a href=\"" PATH_PLACE
	"\">here they are as JSON</a>.</p></noscript>\n"
	"<script>\n"
	"'use strict';\n"
	"const live = '" PATH_PLACE "';\n"
	"const before = new Map();\n"
	"const mb = (bytes) => (bytes / 1048576).toFixed(1) + ' MB';\n"
	"const ms = (us) => (us / 1000).toFixed(1) + ' ms';\n"
	"function row(cells) {\n"
	"	const tr = document.createElement('tr');\n"
	"	for (const cell of cells) tr.insertCell().textContent = cell;\n"
	"	return tr;\n"
	"}\n"
	"function rate(worker, now) {\n"
	"	const old = before.get(worker.pid);\n"
	"	before.set(worker.pid, { requests: worker.requests, now });\n"
	"	return old ? (worker.requests - old.requests) * 1000 / (now - old.now) : 0;\n"
	"}\n"
	"function show(workers) {\n"
	"	const now = performance.now(), body = document.createDocumentFragment();\n"
	"	const sum = { requests: 0, rate: 0, connections: 0, idle: 0, parked: 0, rss: 0 };\n"
	"	for (const w of workers) {\n"
	"		const perSecond = rate(w, now);\n"
	"		body.append(row([w.generation + '.' + w.worker, w.pid, w.state, "
	"w.requests, perSecond.toFixed(0),\n"
	"			w.connections, w.idle, w.parked, mb(w.rss), "
	"ms(w.loop_lag_max)]));\n"
	"		for (const key of Object.keys(sum)) sum[key] += key === 'rate' ? perSecond "
	": w[key];\n"
	"	}\n"
	"	document.getElementById('workers').replaceChildren(body);\n"
	"	document.getElementById('sum').replaceChildren(row(['all', '', '', sum.requests, "
	"sum.rate.toFixed(0),\n"
	"		sum.connections, sum.idle, sum.parked, mb(sum.rss), '']));\n"
	"	document.getElementById('said').textContent = workers.length + ' workers, as they "
	"report themselves';\n"
	"}\n"
	"async function ask() {\n"
	"	try {\n"
	"		const answer = await fetch(live, { cache: 'no-store' });\n"
	"		if (!answer.ok) throw new Error('HTTP ' + answer.status);\n"
	"		show((await answer.json()).workers);\n"
	"	} catch (error) {\n"
	"		document.getElementById('said').textContent = 'No figures: ' + "
	"error.message + '. Asking again…';\n"
	"	}\n"
	"	setTimeout(ask, 1000);\n"
	"}\n"
	"ask();\n"
	"</script>\n";

static bool
is_get(eddy_request *req, eddy_response *res)
{
	eddy_str method = eddy_request_method(req);

	if ((method.n == 3 && memcmp(method.p, "GET", 3) == 0) ||
	    (method.n == 4 && memcmp(method.p, "HEAD", 4) == 0))
		return true;
	eddy_response_set_header(res, "Allow", "GET, HEAD");
	eddy_response_send(res, 405, "text/plain", "there is nothing to change here\n", 32);
	return false;
}

static void
welcome_page(eddy_request *req, eddy_response *res, void *state)
{
	const struct welcome *welcome = state;

	if (!is_get(req, res))
		return;
	eddy_response_set_header(res, "Cache-Control", "no-cache");
	eddy_response_send(res, 200, "text/html; charset=utf-8", welcome->page, welcome->n);
}

static void
worker_print(FILE *out, const eddy_worker_info *info)
{
	fprintf(out,
		"{\"worker\":%u,\"generation\":%u,\"pid\":%d,\"state\":\"%s\",\"uptime\":%.1f,"
		"\"connections\":%llu,\"idle\":%llu,\"parked\":%llu,\"accepted\":%llu,\"requests\":"
		"%llu,"
		"\"bytes_in\":%llu,\"bytes_out\":%llu,\"rss\":%llu,\"heap_used\":%llu,"
		"\"cpu_user\":%llu,\"cpu_system\":%llu,\"loop_lag\":%llu,\"loop_lag_max\":%llu}",
		info->worker, info->generation, (int)info->pid, info->state, info->uptime,
		(unsigned long long)info->connections, (unsigned long long)info->idle,
		(unsigned long long)info->parked, (unsigned long long)info->accepted,
		(unsigned long long)info->requests, (unsigned long long)info->bytes_in,
		(unsigned long long)info->bytes_out, (unsigned long long)info->rss,
		(unsigned long long)info->heap_used, (unsigned long long)info->cpu_user,
		(unsigned long long)info->cpu_system, (unsigned long long)info->loop_lag,
		(unsigned long long)info->loop_lag_max);
}

static void
welcome_live(eddy_request *req, eddy_response *res, void *state)
{
	eddy_worker_info info = {.size = sizeof(info)};
	char *text = NULL;
	size_t n = 0;
	FILE *out;

	(void)state;
	if (!is_get(req, res))
		return;
	eddy_response_set_header(res, "Cache-Control", "no-store");
	out = open_memstream(&text, &n);
	if (out == NULL) {
		eddy_response_send(res, 503, "text/plain", "out of memory\n", 14);
		return;
	}
	fputs("{\"workers\":[", out);
	for (size_t i = 0; eddy_cluster_workers(i, &info); i++) {
		if (i > 0)
			fputc(',', out);
		worker_print(out, &info);
	}
	fputs("]}\n", out);
	if (fclose(out) == 0)
		eddy_response_send(res, 200, "application/json", text, n);
	else
		eddy_response_send(res, 503, "text/plain", "out of memory\n", 14);
	free(text);
}

/* The page with every PATH_PLACE replaced. */
static char *
page_make(const char *live, size_t *n)
{
	const char *rest = page_text, *place;
	char *page = NULL;
	FILE *out = open_memstream(&page, n);

	if (out == NULL)
		return NULL;
	while ((place = strstr(rest, PATH_PLACE)) != NULL) {
		fwrite(rest, 1, (size_t)(place - rest), out);
		fputs(live, out);
		rest = place + strlen(PATH_PLACE);
	}
	fputs(rest, out);
	if (fclose(out) == 0)
		return page;
	free(page);
	return NULL;
}

static int
welcome_load(eddy_module *self, void **state)
{
	const char *live = eddy_module_option(self, "live", "/live");
	struct welcome *welcome;

	if (live[0] != '/' || strpbrk(live, "\"'<>&\\ ") != NULL)
		return eddy_module_fail(self, "option live = \"%s\": not a path such as \"/live\"",
					live);
	welcome = calloc(1, sizeof(*welcome));
	if (welcome != NULL)
		welcome->page = page_make(live, &welcome->n);
	if (welcome == NULL || welcome->page == NULL) {
		free(welcome);
		return eddy_module_fail(self, "out of memory");
	}
	*state = welcome;
	return 0;
}

static void
welcome_unload(void *state)
{
	struct welcome *welcome = state;

	free(welcome->page);
	free(welcome);
}

static const struct eddy_handler welcome_handlers[] = {{"live", welcome_live}, {NULL, NULL}};

static const char *const options[] = {"live", NULL};

EDDY_MODULE(.name = "welcome", .version = "1", .load = welcome_load, .unload = welcome_unload,
	    .request = welcome_page, .handlers = welcome_handlers, .options = options);
