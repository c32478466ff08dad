/*
 * What has to fit together in a conf: each path and method in itself, no two that clash, every
 * module there.
 *
 * Every clash names both places, so that nobody has to search for the other one.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "conf/private.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define PARAM_FIRST "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define PARAM_REST PARAM_FIRST "0123456789"
#define PLAIN PARAM_REST "-./" /* what a path may have after its "/" without more ado */

/* paths and methods ---------------------------------------------------------------------------- */

static const char *
say(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return buf;
}

/* Whether the parameter `name` of that length stands in what comes before it. */
static bool
param_known(const char *path, const char *name, size_t len)
{
	for (const char *p = path; (p = strstr(p, "/:")) != NULL && p + 2 < name; p += 2)
		if (strncmp(p + 2, name, len) == 0 && p[2 + len] == '/')
			return true;
	return false;
}

static const char *
segment_check(const char *path, const char *segment, size_t len, char *buf, size_t size)
{
	size_t name = len - 1;

	if (len == 1 && segment[0] == '*' && segment[1] == '\0')
		return NULL;
	if (memchr(segment, '*', len))
		return "\"*\" can only stand at the end, as \"/*\"";
	if (len == 0 || segment[0] != ':')
		return NULL;
	if (name == 0 || !strchr(PARAM_FIRST, segment[1]) || strspn(segment + 1, PARAM_REST) < name)
		return say(buf, size,
			   "\"%.*s\" is no parameter: after the \":\" comes a name of letters, "
			   "digits and \"_\"",
			   len > 64 ? 64 : (int)len, segment);
	if (param_known(path, segment + 1, name))
		return say(buf, size, "the parameter \"%.*s\" is there twice",
			   len > 64 ? 64 : (int)len, segment);
	return NULL;
}

const char *
conf_route_path_check(const char *path, char *buf, size_t size)
{
	const char *wrong;

	if (strcmp(path, CONF_ROUTE_CONNECT) == 0)
		return NULL;
	if (path[0] != '/')
		return say(buf, size, "it has to begin with \"/\", such as \"/%s\"",
			   path[strspn(path, PLAIN)] ? "files/*" : path);
	for (const char *p = path; *p; p++) {
		if (strchr("{}<>", *p))
			return "\"{\", \"}\", \"<\" and \">\" cannot be in it: a parameter is "
			       "written with a colon, such as \"/rooms/:room\"";
		if (*p == '?' || *p == '#')
			return "routes look at the path only: \"?\" and \"#\" cannot be in it";
		if ((unsigned char)*p <= ' ' || (unsigned char)*p >= 0x7f)
			return "spaces, control bytes and bytes above 0x7e have to be written as "
			       "in a request, "
			       "such as \"%20\"";
	}
	for (const char *p = path; *p;) {
		size_t len = strcspn(p + 1, "/");

		wrong = segment_check(path, p + 1, len, buf, size);
		if (wrong)
			return wrong;
		p += 1 + len;
	}
	return NULL;
}

const char *
conf_method_check(const char *method, char *buf, size_t size)
{
	static const char *const known[] = {"GET",   "HEAD",	"POST",	   "PUT",  "DELETE",
					    "PATCH", "OPTIONS", "CONNECT", "TRACE"};

	if (!method[0] || method[strspn(method, CONF_TOKEN_CHARS)] != '\0')
		return "this is not an HTTP method, such as \"GET\"";
	for (size_t i = 0; i < COUNT(known); i++)
		if (strcmp(method, known[i]) != 0 && strcasecmp(method, known[i]) == 0)
			return say(buf, size, "methods are case-sensitive: did you mean \"%s\"?",
				   known[i]);
	return NULL;
}

/* listens -------------------------------------------------------------------------------------- */

struct endpoint {
	int family;
	in_port_t port;
	bool any, any4; /* all addresses of its family; of IPv4 */
};

static struct endpoint
endpoint_make(const struct conf_listen *listen)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&listen->addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&listen->addr;
	struct endpoint e = {.family = listen->addr.ss_family};

	if (e.family == AF_INET) {
		e.port = in->sin_port;
		e.any = e.any4 = in->sin_addr.s_addr == htonl(INADDR_ANY);
	} else if (e.family == AF_INET6) {
		e.port = in6->sin6_port;
		e.any = IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
		e.any4 = e.any && !listen->ipv6only;
	}
	return e;
}

bool
conf_listens_overlap(const struct conf_listen *left, const struct conf_listen *right)
{
	struct endpoint a = endpoint_make(left), b = endpoint_make(right);

	if (a.family == AF_UNIX || b.family == AF_UNIX || a.port != b.port)
		return false;
	if (a.family == b.family)
		return a.any || b.any;
	return (a.family == AF_INET6 && a.any4) || (b.family == AF_INET6 && b.any4);
}

static bool
addresses_equal(const struct conf_listen *a, const struct conf_listen *b)
{
	if (a->addr.ss_family == AF_UNSPEC && b->addr.ss_family == AF_UNSPEC)
		return strcmp(a->address, b->address) == 0;
	return a->addrlen == b->addrlen && memcmp(&a->addr, &b->addr, a->addrlen) == 0;
}

/*
 * Reports the first of the listens before this one that it clashes with; the same address before an
 * overlap.
 */
static void
listen_check(const struct conf *conf, size_t n, struct conf_errors *errors)
{
	const struct conf_listen *listen = &conf->listens[n], *first, *overlap = NULL;

	if (!listen->addrlen) /* its address has been reported */
		return;
	for (first = conf->listens; first < listen; first++) {
		if (!first->addrlen)
			continue;
		if (addresses_equal(first, listen)) {
			conf_errors_add(errors, listen->where,
					"listen \"%s\" is there twice, first at %s:%u",
					listen->address, first->where.file, first->where.line);
			return;
		}
		if (!overlap && conf_listens_overlap(first, listen))
			overlap = first;
	}
	if (overlap)
		conf_errors_add(errors, listen->where,
				"listen \"%s\" overlaps with listen \"%s\" at %s:%u: one of them "
				"takes in the other%s",
				listen->address, overlap->address, overlap->where.file,
				overlap->where.line,
				listen->addr.ss_family == overlap->addr.ss_family
					? ""
					: "; ipv6only = true keeps them apart");
}

static void
listens_check(const struct conf *conf, struct conf_errors *errors)
{
	if (conf->nlistens > CONF_LISTENS_MAX) {
		conf_errors_add(errors, conf->listens[CONF_LISTENS_MAX].where,
				"there are more than %d listens", CONF_LISTENS_MAX);
		return;
	}
	for (size_t i = 0; i < conf->nlistens; i++)
		listen_check(conf, i, errors);
}

/* modules and routes --------------------------------------------------------------------------- */

static int
module_compare(const void *left, const void *right)
{
	const struct conf_module *const *a = left, *const *b = right;
	int order = strcmp((*a)->name, (*b)->name);

	return order ? order : (*a > *b) - (*a < *b);
}

/*
 * By name, in the order of the conf among the same; NULL: no memory, and then nothing is checked.
 */
static const struct conf_module **
modules_sort(const struct conf *conf)
{
	const struct conf_module **sorted = calloc(conf->nmodules + 1, sizeof(*sorted));

	if (!sorted)
		return NULL;
	for (size_t i = 0; i < conf->nmodules; i++)
		sorted[i] = &conf->modules[i];
	qsort(sorted, conf->nmodules, sizeof(*sorted), module_compare);
	return sorted;
}

static void
modules_check(const struct conf *conf, struct conf_errors *errors)
{
	const struct conf_module **sorted = modules_sort(conf), *first;

	for (size_t i = 0, j; sorted && i < conf->nmodules; i = j) {
		first = sorted[i];
		for (j = i + 1; j < conf->nmodules && strcmp(sorted[j]->name, first->name) == 0;
		     j++)
			conf_errors_add(errors, sorted[j]->where,
					"module \"%s\" is there twice, first at %s:%u",
					sorted[j]->name, first->where.file, first->where.line);
	}
	free(sorted);
}

/* By what the paths match: the name of a parameter makes no difference. */
static int
path_compare(const char *a, const char *b)
{
	while (*a && *a == *b) {
		if (a[0] == '/' && a[1] == ':' && b[1] == ':') {
			a += 1 + strcspn(a + 1, "/");
			b += 1 + strcspn(b + 1, "/");
		} else {
			a++;
			b++;
		}
	}
	return (unsigned char)*a - (unsigned char)*b;
}

static int
route_compare(const void *left, const void *right)
{
	const struct conf_route *const *a = left, *const *b = right;
	int order = path_compare((*a)->path, (*b)->path);

	return order ? order : (*a > *b) - (*a < *b);
}

/* A method that both take: "" if both take every method; NULL: there is none. */
static const char *
methods_common(const struct conf_route *a, const struct conf_route *b)
{
	if (!a->nmethods || !b->nmethods)
		return a->nmethods ? a->methods[0] : b->nmethods ? b->methods[0] : "";
	for (size_t i = 0; i < b->nmethods; i++)
		for (size_t j = 0; j < a->nmethods; j++)
			if (strcmp(a->methods[j], b->methods[i]) == 0)
				return b->methods[i];
	return NULL;
}

/* Reports the first of the routes before `route` that takes the same requests. */
static void
route_check(const struct conf_route *const *same, size_t n, const struct conf_route *route,
	    struct conf_errors *errors)
{
	for (size_t i = 0; i < n; i++) {
		const struct conf_route *first = same[i];
		const char *method = methods_common(first, route);

		if (!method)
			continue;
		if (strcmp(first->path, route->path) == 0)
			conf_errors_add(errors, route->where,
					"route \"%s\" is there twice%s%s, first at %s:%u",
					route->path, *method ? " for " : "", method,
					first->where.file, first->where.line);
		else
			conf_errors_add(
				errors, route->where,
				"route \"%s\" matches the same requests as route \"%s\" at %s:%u",
				route->path, first->path, first->where.file, first->where.line);
		return;
	}
}

static void
routes_check(const struct conf *conf, const struct route_given *given, struct conf_errors *errors)
{
	const struct conf_route **sorted = calloc(conf->nroutes + 1, sizeof(*sorted));
	size_t count = 0;

	if (!sorted)
		return;
	for (size_t i = 0; i < conf->nroutes; i++)
		if (given[i].whole)
			sorted[count++] = &conf->routes[i];
	qsort(sorted, count, sizeof(*sorted), route_compare);
	for (size_t i = 0, first = 0; i < count; i++) {
		if (path_compare(sorted[first]->path, sorted[i]->path) != 0)
			first = i;
		route_check(sorted + first, i - first, sorted[i], errors);
	}
	free(sorted);
}

void
conf_duplicates_check(const struct conf *conf, struct conf_errors *errors)
{
	listens_check(conf, errors);
	modules_check(conf, errors);
}

/* `what` and `title` say who names it. */
static void
module_missing(const struct conf *conf, const char *what, const char *title,
	       const struct module_given *wanted, struct conf_errors *errors)
{
	const char **names = calloc(conf->nmodules + 1, sizeof(*names)), *near;
	char *all;

	if (!names)
		return;
	for (size_t i = 0; i < conf->nmodules; i++)
		names[i] = conf->modules[i].name;
	near = conf_nearest(wanted->name, names, conf->nmodules);
	all = conf_names_join(names, conf->nmodules);
	if (near)
		conf_errors_add(errors, wanted->where,
				"%s \"%s\": there is no module \"%s\": did you mean \"%s\"?", what,
				title, wanted->name, near);
	else if (conf->nmodules)
		conf_errors_add(errors, wanted->where,
				"%s \"%s\": there is no module \"%s\": there are %s", what, title,
				wanted->name, all ? all : "others");
	else
		conf_errors_add(errors, wanted->where,
				"%s \"%s\": there is no module \"%s\": write module \"%s\" { } "
				"at the top level",
				what, title, wanted->name, wanted->name);
	free(all);
	free(names);
}

/* The module of that name, the first of several; or NULL. */
static const struct conf_module *
module_find(const struct conf_module *const *sorted, size_t count, const char *name)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(sorted[middle]->name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && strcmp(sorted[low]->name, name) == 0 ? sorted[low] : NULL;
}

void
conf_listens_resolve(struct conf *conf, const struct listen_given *given,
		     struct conf_errors *errors)
{
	const struct conf_module **sorted = modules_sort(conf), *module;

	for (size_t i = 0; sorted && i < conf->nlistens; i++) {
		struct conf_listen *listen = &conf->listens[i];

		if (listen->protocol != CONF_TCP || !given[i].module.name)
			continue;
		module = module_find(sorted, conf->nmodules, given[i].module.name);
		if (module)
			listen->module = (size_t)(module - conf->modules);
		else
			module_missing(conf, "listen", listen->address, &given[i].module, errors);
	}
	free(sorted);
}

void
conf_routes_resolve(struct conf *conf, const struct route_given *given, struct conf_errors *errors)
{
	const struct conf_module **sorted = modules_sort(conf), *module;

	for (size_t i = 0; sorted && i < conf->nroutes; i++) {
		struct conf_route *route = &conf->routes[i];

		if (!given[i].module.name) {
			if (given[i].whole)
				conf_errors_add(errors, route->where,
						"route \"%s\" names no module: write module = "
						"\"hello\" in it",
						route->path);
			continue;
		}
		module = module_find(sorted, conf->nmodules, given[i].module.name);
		if (module)
			route->module = (size_t)(module - conf->modules);
		else
			module_missing(conf, "route", route->path, &given[i].module, errors);
	}
	free(sorted);
	routes_check(conf, given, errors);
}

void
conf_presence_check(const struct conf *conf, struct conf_errors *errors)
{
	struct conf_where whole = {.file = conf->nfiles ? conf->files[0] : NULL};
	bool http = false;

	for (size_t i = 0; i < conf->nlistens; i++)
		http = http || conf->listens[i].protocol == CONF_HTTP;
	/* a module may have servers of its own */
	if (!conf->nlistens && (conf->nroutes || !conf->nmodules))
		conf_errors_add(
			errors, whole,
			"there is no listen: write for example listen \"127.0.0.1:8080\" { }");
	if (!conf->nroutes && !conf->nmodules && (http || !conf->nlistens))
		conf_errors_add(errors, whole,
				"there is no route, so nothing would be served: write for example "
				"module \"welcome\" { } "
				"and route \"/\" { module = \"welcome\" }");
}
