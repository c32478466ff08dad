/*
 * From the snapshot to a struct conf: the schema, and what its values mean.
 *
 * libconfuse reads each file's text (as syntax.c leaves it) and hands every value to value_take,
 * which notes it with its place in the slot of its key. A titled section is complete when its "}"
 * has come: section_take makes the listen, module or route of it and empties the slots for the next
 * one. The keys of the top level and of http, which may be spread over several files, are looked at
 * last.
 */
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/un.h>
#include <unistd.h>

#include "conf/private.h"

#define HEAD_MIN 1024 /* a browser's head with a cookie is about as long */
#define LINE_MIN 256
#define REQUESTS_MAX 1000000000
#define MODE_MAX 0777

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number) /* of a number that has a name */

enum key {
	WORKERS,
	WORKER_CONNECTIONS,
	USER,
	GROUP,
	CONTROL,
	LOG,
	DRAIN_TIMEOUT,
	HANG_TIMEOUT,
	QUARANTINE,
	FS_THREADS,
	KEEPALIVE_TIMEOUT,
	HEADER_TIMEOUT,
	BODY_TIMEOUT,
	WRITE_TIMEOUT,
	KEEPALIVE_REQUESTS,
	MIN_RATE,
	MAX_REQUEST_LINE,
	MAX_HEADERS,
	MAX_HEAD,
	MAX_BODY,
	CONNECTIONS_PER_ADDRESS,
	ACCESS_LOG,
	ACCESS_FORMAT,
	BACKLOG,
	IPV6ONLY,
	MODE,
	PROTOCOL,
	ACCEPT,
	LISTEN_MODULE,
	PATH,
	OPTIONS, /* all keys in an options { } */
	ROUTE_MODULE,
	HANDLER,
	METHODS,
	ROUTE_MAX_BODY,
	ROUTE_BODY_TIMEOUT,
	ROUTE_WRITE_TIMEOUT,
	ROUTE_MIN_RATE,
	ROUTE_ACCESS_LOG,
	KEYS,
};

/* `value`: the default, or NULL; it is an example of a good value, too. */
static const struct {
	const char *name, *section, *value;
} keys[KEYS] = {
	[WORKERS] = {"workers", NULL, "auto"},
	[WORKER_CONNECTIONS] = {"worker_connections", NULL, "auto"},
	[USER] = {"user", NULL, NULL},
	[GROUP] = {"group", NULL, NULL},
	[CONTROL] = {"control", NULL, NULL},
	[LOG] = {"log", NULL, "auto"},
	[DRAIN_TIMEOUT] = {"drain_timeout", NULL, "30s"},
	[HANG_TIMEOUT] = {"hang_timeout", NULL, "30s"},
	[QUARANTINE] = {"quarantine", NULL, "60s"},
	[FS_THREADS] = {"fs_threads", NULL, "4"},
	[KEEPALIVE_TIMEOUT] = {"keepalive_timeout", "http", "75s"},
	[HEADER_TIMEOUT] = {"header_timeout", "http", "10s"},
	[BODY_TIMEOUT] = {"body_timeout", "http", "60s"},
	[WRITE_TIMEOUT] = {"write_timeout", "http", "60s"},
	[KEEPALIVE_REQUESTS] = {"keepalive_requests", "http", "0"},
	[MIN_RATE] = {"min_rate", "http", "100"},
	[MAX_REQUEST_LINE] = {"max_request_line", "http", "8k"},
	[MAX_HEADERS] = {"max_headers", "http", "100"},
	[MAX_HEAD] = {"max_head", "http", "16k"},
	[MAX_BODY] = {"max_body", "http", "8m"},
	[CONNECTIONS_PER_ADDRESS] = {"connections_per_address", "http", "0"},
	[ACCESS_LOG] = {"access_log", "http", "off"},
	[ACCESS_FORMAT] = {"access_format", "http", "combined"},
	[BACKLOG] = {"backlog", "listen", TEXT(CONF_BACKLOG)},
	[IPV6ONLY] = {"ipv6only", "listen", "true"},
	[MODE] = {"mode", "listen", "0666"},
	[PROTOCOL] = {"protocol", "listen", "http"},
	[ACCEPT] = {"accept", "listen", "shared"},
	[LISTEN_MODULE] = {"module", "listen", NULL},
	[PATH] = {"path", "module", NULL},
	[OPTIONS] = {NULL, CONF_FREE_SECTION, NULL},
	[ROUTE_MODULE] = {"module", "route", NULL},
	[HANDLER] = {"handler", "route", NULL},
	[METHODS] = {"methods", "route", NULL},
	[ROUTE_MAX_BODY] = {"max_body", "route", NULL},
	[ROUTE_BODY_TIMEOUT] = {"body_timeout", "route", NULL},
	[ROUTE_WRITE_TIMEOUT] = {"write_timeout", "route", NULL},
	[ROUTE_MIN_RATE] = {"min_rate", "route", NULL},
	[ROUTE_ACCESS_LOG] = {"access_log", "route", "on"},
};

/* One value as it was given. */
struct given {
	struct given *next;
	char *key, *text;
	struct conf_where where;
	bool set; /* right after a "=", not a further value of a list */
};

/*
 * All the values of one key. `first` has to be the first member: libconfuse stores there what
 * value_take returns.
 */
struct slot {
	struct given *first, *last;
	struct parse *parse;
};

struct parse {
	struct conf *conf;
	struct conf_errors *errors;
	const char *file;
	struct slot slots[KEYS];
	const struct syntax_section *section; /* the next titled one */
	struct listen_given *listens;	      /* of conf->listens */
	struct route_given *routes;	      /* of conf->routes */
	bool nomem;
};

struct schema {
	cfg_opt_t listen[KEYS + 1], http[KEYS + 1], module[KEYS + 1], route[KEYS + 1];
	cfg_opt_t top[KEYS + 6]; /* include, the sections, and the end */
	cfg_opt_t *options;	 /* one for each key that stands in any options { } */
	size_t noptions;
};

/* slots ---------------------------------------------------------------------------------------- */

static void
slot_clear(struct slot *slot)
{
	struct given *given;

	while ((given = slot->first) != NULL) {
		slot->first = given->next;
		free(given->key);
		free(given->text);
		free(given);
	}
	slot->last = NULL;
}

static void
slots_clear(struct parse *parse, enum key from, enum key to)
{
	for (enum key key = from; key <= to; key++)
		slot_clear(&parse->slots[key]);
}

/* libconfuse's parsecb of every key. */
static int
value_take(cfg_t *cfg, cfg_opt_t *opt, const char *text, void *result)
{
	struct slot *slot = (struct slot *)(void *)opt->simple_value.ptr;
	struct given *given = calloc(1, sizeof(*given));

	if (given) {
		given->key = strdup(opt->name);
		given->text = strdup(text);
	}
	if (!given || !given->key || !given->text) {
		slot->parse->nomem = true;
		if (given) {
			free(given->key);
			free(given->text);
			free(given);
		}
		return -1;
	}
	given->where = (struct conf_where){slot->parse->file, (unsigned)cfg->line};
	given->set = opt->flags & CFGF_RESET;
	opt->flags &= ~CFGF_RESET;
	if (slot->last)
		slot->last->next = given;
	else
		slot->first = given;
	slot->last = given;
	*(void **)result = slot->first;
	return 0;
}

static char *
copy(struct parse *parse, const char *text)
{
	char *made = strdup(text);

	if (!made)
		parse->nomem = true;
	return made;
}

/* An array with room for one more, that one zeroed; or NULL. */
static void *
grow(struct parse *parse, void **array, size_t count, size_t size)
{
	char *grown = reallocarray(*array, count + 1, size);

	if (!grown) {
		parse->nomem = true;
		return NULL;
	}
	*array = grown;
	return memset(grown + count * size, 0, size);
}

/* values --------------------------------------------------------------------------------------- */

#define value_error(parse, key, given, fmt, ...)                                        \
	conf_errors_add((parse)->errors, (given)->where, "bad %s \"%s\"%s%s: " fmt,     \
			keys[key].name, (given)->text, keys[key].section ? " in " : "", \
			keys[key].section ? keys[key].section : "", ##__VA_ARGS__)

static void
twice_check(struct parse *parse, const struct given *first, const char *section)
{
	for (const struct given *given = first->next; given; given = given->next)
		if (given->set && strcmp(given->key, first->key) == 0)
			conf_errors_add(parse->errors, given->where,
					"%s%s%s is set twice, first at %s:%u", given->key,
					section ? " in " : "", section ? section : "",
					first->where.file, first->where.line);
}

/*
 * The value given for a key, else its default; NULL: it has neither. `made` is room for the latter.
 */
static const struct given *
value_get(struct parse *parse, enum key key, struct given *made)
{
	const struct given *first = parse->slots[key].first;

	if (first) {
		twice_check(parse, first, keys[key].section);
		return first;
	}
	if (!keys[key].value)
		return NULL;
	*made = (struct given){.text = (char *)keys[key].value};
	return made;
}

/* What is given for a duration; NULL: nothing, and *ms stays as it is. */
static void
duration_read(struct parse *parse, enum key key, const struct given *given, unsigned *ms)
{
	int rc = given ? conf_duration_parse(given->text, ms) : 0;
	const char *meant;
	char buf[32];

	if (rc == -ERANGE)
		value_error(parse, key, given, "a duration is 24 days at most, such as \"%s\"",
			    keys[key].value ? keys[key].value : "60s");
	else if (rc < 0 && given->text[0] && given->text[strspn(given->text, "0123456789")] == '\0')
		value_error(parse, key, given,
			    "the unit is missing: write \"%ss\" for seconds; there are ms, s, m, h "
			    "and d",
			    given->text);
	else if (rc < 0 && (meant = conf_duration_guess(given->text, buf)))
		value_error(parse, key, given,
			    "write \"%s\": a duration is a number with a unit (ms, s, m, h or d), "
			    "and nothing between",
			    meant);
	else if (rc < 0)
		value_error(parse, key, given,
			    "a duration is a number with a unit (ms, s, m, h or d), such as "
			    "\"%s\"",
			    keys[key].value ? keys[key].value : "60s");
}

static void
duration_get(struct parse *parse, enum key key, unsigned *ms)
{
	struct given made;

	duration_read(parse, key, value_get(parse, key, &made), ms);
}

static bool
size_get(struct parse *parse, enum key key, const struct given *given, uint64_t *bytes)
{
	int rc = conf_size_parse(given->text, bytes);
	const char *meant;
	char buf[32];

	if (rc == -ERANGE)
		value_error(parse, key, given,
			    "this is more than a number of bytes can be; write 0 for no limit");
	else if (rc < 0 && (meant = conf_size_guess(given->text, buf)))
		value_error(parse, key, given,
			    "write \"%s\": a size is a number of bytes, or of k, m or g", meant);
	else if (rc < 0)
		value_error(parse, key, given,
			    "a size is a number of bytes, or of k, m or g, such as \"%s\"",
			    key == MAX_HEAD ? "16k" : "8m");
	return rc == 0;
}

static void
max_body_get(struct parse *parse, enum key key, const struct given *given, uint64_t *max_body)
{
	if (size_get(parse, key, given, max_body) && *max_body == 0)
		*max_body = CONF_NO_LIMIT;
}

static void
min_rate_get(struct parse *parse, enum key key, const struct given *given, uint64_t *min_rate)
{
	if (given && conf_size_parse(given->text, min_rate) < 0)
		value_error(
			parse, key, given,
			"a rate is a number of bytes a second, or of k or m, such as \"100\"; 0 "
			"is any rate");
}

/* "64k" is one byte more than a head can have: that it gets one less is no surprise to anybody. */
static uint64_t
head_bytes(uint64_t bytes)
{
	return bytes == CONF_HEAD_MAX + 1 ? CONF_HEAD_MAX : bytes;
}

static void
max_head_get(struct parse *parse, size_t *max_head)
{
	struct given made;
	const struct given *given = value_get(parse, MAX_HEAD, &made);
	uint64_t bytes;

	if (!size_get(parse, MAX_HEAD, given, &bytes))
		return;
	bytes = head_bytes(bytes);
	if (bytes < HEAD_MIN || bytes > CONF_HEAD_MAX)
		value_error(parse, MAX_HEAD, given, "give a size from \"1k\" to \"64k\"");
	else
		*max_head = (size_t)bytes;
}

static bool
number_parse(const char *text, unsigned base, unsigned max, unsigned *number)
{
	unsigned n = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text >= (char)('0' + base) || n > max)
			return false;
		n = n * base + (unsigned)(*text - '0');
	}
	*number = n;
	return n <= max;
}

static void
count_get(struct parse *parse, enum key key, unsigned min, unsigned max, unsigned *count)
{
	struct given made;
	const struct given *given = value_get(parse, key, &made);

	if (!number_parse(given->text, 10, max, count) || *count < min)
		value_error(parse, key, given, "give a number from %u to %u, such as %s", min, max,
			    keys[key].value);
}

/* At most as long as the head that it is a part of: a shorter max_head brings it down with it. */
static void
max_request_line_get(struct parse *parse, const struct conf_http *http, size_t *max)
{
	struct given made;
	const struct given *given = value_get(parse, MAX_REQUEST_LINE, &made);
	uint64_t bytes;

	if (!size_get(parse, MAX_REQUEST_LINE, given, &bytes) || http->max_head == 0)
		return;
	bytes = head_bytes(bytes);
	if (given == &made && bytes > http->max_head)
		bytes = http->max_head;
	if (bytes < LINE_MIN || bytes > http->max_head)
		value_error(parse, MAX_REQUEST_LINE, given,
			    "give a size from \"256\" to max_head's");
	*max = (size_t)bytes;
}

/* How many cores this process may run on. */
static unsigned
cores_count(void)
{
	unsigned count = 0;
	cpu_set_t *set;

	/* the kernel wants room for all the processors it could have: double until it is enough */
	for (int cpus = CPU_SETSIZE; !count && cpus <= CPU_SETSIZE << 6; cpus *= 2) {
		set = CPU_ALLOC(cpus);
		if (!set)
			break;
		if (sched_getaffinity(0, CPU_ALLOC_SIZE(cpus), set) == 0)
			count = (unsigned)CPU_COUNT_S(CPU_ALLOC_SIZE(cpus), set);
		CPU_FREE(set);
	}
	if (!count)
		count = 1;
	return count > CONF_WORKERS_MAX ? CONF_WORKERS_MAX : count;
}

static void
workers_get(struct parse *parse)
{
	struct given made;
	const struct given *given = value_get(parse, WORKERS, &made);
	struct conf *conf = parse->conf;

	conf->workers_auto = strcmp(given->text, "auto") == 0;
	if (conf->workers_auto)
		conf->workers = cores_count();
	else if (!number_parse(given->text, 10, CONF_WORKERS_MAX, &conf->workers) ||
		 conf->workers == 0)
		value_error(parse, WORKERS, given,
			    "give a number from 1 to %d, or auto for one per core",
			    CONF_WORKERS_MAX);
}

static void
worker_connections_get(struct parse *parse, unsigned *max, struct conf_where *where)
{
	struct given made;
	const struct given *given = value_get(parse, WORKER_CONNECTIONS, &made);

	if (strcmp(given->text, "auto") == 0)
		return;
	if (!number_parse(given->text, 10, CONF_CONNECTIONS_MAX, max) || *max == 0)
		value_error(parse, WORKER_CONNECTIONS, given,
			    "give a number from 1 to %d, or auto for as many as a worker may have "
			    "open files",
			    CONF_CONNECTIONS_MAX);
	*where = given->where;
}

static void
account_get(struct parse *parse, enum key key, char **account, struct conf_where *where)
{
	const struct given *given = value_get(parse, key, NULL);

	if (!given)
		return;
	if (!given->text[0])
		value_error(parse, key, given, "give the name of a %s, such as \"eddy\"",
			    keys[key].name);
	*account = copy(parse, given->text);
	*where = given->where;
}

static void
control_get(struct parse *parse, char **control, struct conf_where *where)
{
	const struct given *given = value_get(parse, CONTROL, NULL);

	if (!given)
		return;
	if (given->text[0] != '/')
		value_error(parse, CONTROL, given,
			    "give an absolute path, such as \"/run/eddy/control.sock\"");
	else if (strlen(given->text) >= sizeof(((struct sockaddr_un *)0)->sun_path))
		value_error(parse, CONTROL, given,
			    "the path of a unix socket is at most 107 bytes long");
	*control = copy(parse, given->text);
	*where = given->where;
}

static bool
bool_parse(const char *text, bool *value)
{
	static const char *const words[] = {"false", "true", "no", "yes", "off", "on"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(text, words[i]) == 0) {
			*value = i % 2;
			return true;
		}
	return false;
}

/* the logs ------------------------------------------------------------------------------------- */

/* A place by its name, or a file by its absolute path; else `right` says what there is. */
static void
log_place_get(struct parse *parse, enum key key, const struct given *given,
	      const char *const *names, const char *right, enum conf_log *log)
{
	*log = CONF_LOG_FILE;
	for (enum conf_log place = 0; place <= CONF_LOG_AUTO; place++)
		if (names[place] && strcmp(given->text, names[place]) == 0)
			*log = place;
	if (*log == CONF_LOG_FILE && given->text[0] != '/')
		value_error(parse, key, given, "%s", right);
}

static void
log_get(struct parse *parse, struct conf *conf)
{
	static const char *const names[] = {
		[CONF_LOG_STDERR] = "stderr",
		[CONF_LOG_JOURNAL] = "journal",
		[CONF_LOG_AUTO] = "auto",
	};
	struct given made;
	const struct given *given = value_get(parse, LOG, &made);

	log_place_get(parse, LOG, given, names,
		      "give the absolute path of a file, \"stderr\", \"journal\" or \"auto\"",
		      &conf->log);
	conf->log_place = copy(parse, given->text);
	conf->log_where = given->where;
}

static void
access_log_get(struct parse *parse, struct conf_http *http)
{
	static const char *const names[CONF_LOG_AUTO + 1] = {
		[CONF_LOG_OFF] = "off",
		[CONF_LOG_STDERR] = "stderr",
		[CONF_LOG_JOURNAL] = "journal",
	};
	struct given made;
	const struct given *given = value_get(parse, ACCESS_LOG, &made);

	log_place_get(parse, ACCESS_LOG, given, names,
		      "give the absolute path of a file, \"stderr\", \"journal\" or \"off\"",
		      &http->log);
#ifndef EDDY_HAVE_JOURNAL
	if (http->log == CONF_LOG_JOURNAL)
		value_error(parse, ACCESS_LOG, given,
			    "this eddy was built without libsystemd; give the absolute path of a "
			    "file, or \"stderr\"");
#endif
	http->access_log = copy(parse, given->text);
	http->access_log_where = given->where;
}

static void
access_format_get(struct parse *parse, struct conf_http *http)
{
	struct given made;
	const struct given *given = value_get(parse, ACCESS_FORMAT, &made);
	char why[1024];
	int rc = conf_format_parse(given->text, &http->format, why, sizeof(why));

	if (rc == -EINVAL)
		value_error(parse, ACCESS_FORMAT, given, "%s", why);
	else if (rc < 0)
		parse->nomem = true;
	http->access_format = copy(parse, given->text);
}

/* listen --------------------------------------------------------------------------------------- */

static void
backlog_get(struct parse *parse, int *backlog)
{
	struct given made;
	const struct given *given = value_get(parse, BACKLOG, &made);
	unsigned n = 0;

	if (!number_parse(given->text, 10, UINT16_MAX, &n) || n == 0)
		value_error(parse, BACKLOG, given, "give a number from 1 to 65535, such as 4096");
	*backlog = (int)n;
}

static void
ipv6only_get(struct parse *parse, struct conf_listen *listen)
{
	struct given made;
	const struct given *given = value_get(parse, IPV6ONLY, &made);

	if (!bool_parse(given->text, &listen->ipv6only))
		value_error(parse, IPV6ONLY, given, "give true or false");
	if (given != &made && listen->addrlen && listen->addr.ss_family != AF_INET6)
		conf_errors_add(parse->errors, given->where,
				"ipv6only in listen \"%s\": it is for IPv6 addresses, such as "
				"\"[::]:8080\"",
				listen->address);
}

static void
mode_get(struct parse *parse, struct conf_listen *listen)
{
	struct given made;
	const struct given *given = value_get(parse, MODE, &made);
	const struct sockaddr_un *un = (const struct sockaddr_un *)&listen->addr;
	unsigned mode = 0;

	if (!number_parse(given->text, 8, MODE_MAX, &mode))
		value_error(parse, MODE, given, "give octal file permissions, such as \"0660\"");
	listen->mode = mode;
	if (given == &made || !listen->addrlen)
		return;
	if (un->sun_family != AF_UNIX)
		conf_errors_add(parse->errors, given->where,
				"mode in listen \"%s\": it is for unix sockets, such as "
				"\"unix:/run/eddy/web.sock\"",
				listen->address);
	else if (!un->sun_path[0])
		conf_errors_add(
			parse->errors, given->where,
			"mode in listen \"%s\": an abstract socket has no file and no permissions",
			listen->address);
}

/* Which of two names it is; -1: neither, which is told. */
static int
name_get(struct parse *parse, enum key key, const char *const names[2], const struct given *given)
{
	const char *near;

	for (int i = 0; i < 2; i++)
		if (strcmp(given->text, names[i]) == 0)
			return i;
	near = conf_nearest(given->text, names, 2);
	if (near)
		value_error(parse, key, given, "did you mean \"%s\"?", near);
	else
		value_error(parse, key, given, "give \"%s\" or \"%s\"", names[0], names[1]);
	return -1;
}

/* False: it is not known. */
static bool
protocol_get(struct parse *parse, enum conf_protocol *protocol)
{
	static const char *const names[] = {[CONF_HTTP] = "http", [CONF_TCP] = "tcp"};
	struct given made;
	int i = name_get(parse, PROTOCOL, names, value_get(parse, PROTOCOL, &made));

	if (i >= 0)
		*protocol = (enum conf_protocol)i;
	return i >= 0;
}

static void
accept_get(struct parse *parse, struct conf_listen *listen)
{
	static const char *const names[] = {
		[CONF_ACCEPT_SHARED] = "shared", [CONF_ACCEPT_REUSEPORT] = "reuseport"};
	struct given made;
	const struct given *given = value_get(parse, ACCEPT, &made);
	int i = name_get(parse, ACCEPT, names, given);

	if (i < 0)
		return;
	listen->accept = (enum conf_accept)i;
	if (i == CONF_ACCEPT_REUSEPORT && listen->addrlen && listen->addr.ss_family == AF_UNSPEC)
		conf_errors_add(
			parse->errors, given->where,
			"accept = \"reuseport\" in listen \"%s\": one socket is passed, and "
			"more can only be opened beside what eddyd opens itself",
			listen->address);
	if (i == CONF_ACCEPT_REUSEPORT && listen->addrlen && listen->addr.ss_family == AF_UNIX)
		conf_errors_add(parse->errors, given->where,
				"accept = \"reuseport\" in listen \"%s\": it is for ports; the "
				"workers share a unix socket",
				listen->address);
}

static void
module_named_get(struct parse *parse, enum key key, struct module_given *module)
{
	const struct given *given = value_get(parse, key, NULL);

	if (!given)
		return;
	module->name = copy(parse, given->text);
	module->where = given->where;
}

/* Who speaks HTTP asks the routes for a module; who does not, has one of its own. */
static void
listen_module_get(struct parse *parse, const struct conf_listen *listen, struct listen_given *given)
{
	module_named_get(parse, LISTEN_MODULE, &given->module);
	if (!given->whole)
		return;
	if (listen->protocol == CONF_TCP && !given->module.name)
		conf_errors_add(parse->errors, listen->where,
				"listen \"%s\" with protocol = \"tcp\" names no module: write "
				"module = \"echo\" in it",
				listen->address);
	if (listen->protocol == CONF_HTTP && given->module.name)
		conf_errors_add(parse->errors, given->module.where,
				"module in listen \"%s\": it is for protocol = \"tcp\"; over HTTP "
				"the routes say which module answers",
				listen->address);
}

static void
listen_make(struct parse *parse, const char *address, struct conf_where where, bool whole)
{
	struct conf *conf = parse->conf;
	struct conf_listen *listen =
		grow(parse, (void **)&conf->listens, conf->nlistens, sizeof(*listen));
	struct listen_given *given =
		grow(parse, (void **)&parse->listens, conf->nlistens, sizeof(*given));
	const char *why;

	if (!listen || !given)
		return;
	conf->nlistens++;
	listen->where = where;
	listen->address = copy(parse, address);
	if (conf_listen_parse(address, &listen->addr, &listen->addrlen, &why) < 0) {
		listen->addrlen = 0;
		conf_errors_add(parse->errors, where, "bad address \"%s\" of listen: %s", address,
				why);
	}
	if (!listen->address)
		return;
	backlog_get(parse, &listen->backlog);
	ipv6only_get(parse, listen);
	mode_get(parse, listen);
	accept_get(parse, listen);
	given->whole = protocol_get(parse, &listen->protocol) && whole;
	listen_module_get(parse, listen, given);
}

/* module --------------------------------------------------------------------------------------- */

static void
options_get(struct parse *parse, struct conf_module *module)
{
	for (const struct given *given = parse->slots[OPTIONS].first; given; given = given->next) {
		struct conf_option *option;
		bool again = false;

		for (const struct given *first = parse->slots[OPTIONS].first;
		     first != given && !again; first = first->next)
			again = strcmp(first->key, given->key) == 0;
		if (again)
			continue;
		twice_check(parse, given, "the options");
		option = grow(parse, (void **)&module->options, module->noptions, sizeof(*option));
		if (!option)
			return;
		module->noptions++;
		option->key = copy(parse, given->key);
		option->value = copy(parse, given->text);
		option->where = given->where;
	}
}

static void
module_make(struct parse *parse, const char *name, struct conf_where where)
{
	static const char good[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	struct conf *conf = parse->conf;
	struct conf_module *module =
		grow(parse, (void **)&conf->modules, conf->nmodules, sizeof(*module));
	const struct given *path;

	if (!module)
		return;
	conf->nmodules++;
	module->where = where;
	module->name = copy(parse, name);
	if (!name[0] || name[0] == '.' || name[strspn(name, good)] != '\0')
		conf_errors_add(parse->errors, where,
				"bad name \"%s\" of module: names are made of letters, digits, "
				"\"_\", \"-\" and \".\", "
				"such as module \"hello\"",
				name);
	path = value_get(parse, PATH, NULL);
	if (path && !path->text[0])
		value_error(parse, PATH, path, "give the file of the module, such as \"hello.so\"");
	if (path)
		module->path = copy(parse, path->text);
	else if (asprintf(&module->path, "%s.so", name) < 0)
		parse->nomem = true;
	options_get(parse, module);
}

/* route ---------------------------------------------------------------------------------------- */

static bool
method_known(const struct conf_route *route, const char *method)
{
	for (size_t i = 0; i < route->nmethods; i++)
		if (strcmp(route->methods[i], method) == 0)
			return true;
	return false;
}

static bool
route_is_connect(const struct conf_route *route)
{
	return route->path && strcmp(route->path, CONF_ROUTE_CONNECT) == 0;
}

static void
methods_get(struct parse *parse, struct conf_route *route)
{
	const struct given *given = value_get(parse, METHODS, NULL);
	char buf[128];
	const char *wrong;
	char **method;

	for (; given; given = given->next) {
		if (given->set && route->nmethods)
			return; /* the key is set twice, which has been reported */
		wrong = conf_method_check(given->text, buf, sizeof(buf));
		if (wrong)
			value_error(parse, METHODS, given, "%s", wrong);
		else if (strcmp(given->text, "CONNECT") == 0 && !route_is_connect(route))
			value_error(parse, METHODS, given,
				    "such a request has no path: it goes to route \"*\" alone");
		if (method_known(route, given->text)) {
			value_error(parse, METHODS, given, "it is in the list already");
			continue;
		}
		method = grow(parse, (void **)&route->methods, route->nmethods, sizeof(*method));
		if (!method)
			return;
		*method = copy(parse, given->text);
		if (!*method)
			return;
		route->nmethods++;
	}
}

/* RFC 9110 9.3.6: CONNECT names a host instead of a path, and so it is the one that needs no path. */
static void
connect_check(struct parse *parse, const struct conf_route *route)
{
	if (route_is_connect(route) &&
	    (route->nmethods != 1 || strcmp(route->methods[0], "CONNECT") != 0))
		conf_errors_add(
			parse->errors, route->where,
			"route \"*\" takes CONNECT requests and no others: write methods = { "
			"\"CONNECT\" } in it, or route \"/*\" for every path");
}

/* Those that the route has of its own; the others are http's, which may stand behind the route. */
static void
route_limits_get(struct parse *parse, struct conf_route *route, struct route_given *own)
{
	const struct given *max_body = value_get(parse, ROUTE_MAX_BODY, NULL);
	const struct given *body = value_get(parse, ROUTE_BODY_TIMEOUT, NULL);
	const struct given *write = value_get(parse, ROUTE_WRITE_TIMEOUT, NULL);
	const struct given *min_rate = value_get(parse, ROUTE_MIN_RATE, NULL);

	own->max_body = max_body;
	own->body_timeout = body;
	own->write_timeout = write;
	own->min_rate = min_rate;
	if (max_body)
		max_body_get(parse, ROUTE_MAX_BODY, max_body, &route->max_body);
	duration_read(parse, ROUTE_BODY_TIMEOUT, body, &route->body_timeout_ms);
	duration_read(parse, ROUTE_WRITE_TIMEOUT, write, &route->write_timeout_ms);
	min_rate_get(parse, ROUTE_MIN_RATE, min_rate, &route->min_rate);
}

static void
routes_inherit(const struct parse *parse, struct conf *conf)
{
	const struct conf_http *http = &conf->http;

	for (size_t i = 0; i < conf->nroutes; i++) {
		const struct route_given *own = &parse->routes[i];
		struct conf_route *route = &conf->routes[i];

		if (!own->max_body)
			route->max_body = http->max_body;
		if (!own->body_timeout)
			route->body_timeout_ms = http->body_timeout_ms;
		if (!own->write_timeout)
			route->write_timeout_ms = http->write_timeout_ms;
		if (!own->min_rate)
			route->min_rate = http->min_rate;
	}
}

static void
route_make(struct parse *parse, const char *path, struct conf_where where, bool whole)
{
	struct conf *conf = parse->conf;
	struct conf_route *route =
		grow(parse, (void **)&conf->routes, conf->nroutes, sizeof(*route));
	struct route_given *given =
		grow(parse, (void **)&parse->routes, conf->nroutes, sizeof(*given));
	const struct given *handler, *log;
	struct given made;
	const char *wrong;
	char buf[256];

	if (!route || !given)
		return;
	conf->nroutes++;
	route->where = where;
	route->path = copy(parse, path);
	wrong = conf_route_path_check(path, buf, sizeof(buf));
	if (wrong)
		conf_errors_add(parse->errors, where, "bad path \"%s\" of route: %s", path, wrong);
	given->whole = whole;
	module_named_get(parse, ROUTE_MODULE, &given->module);
	handler = value_get(parse, HANDLER, NULL);
	if (handler && !handler->text[0])
		value_error(parse, HANDLER, handler,
			    "give a name that the module knows, or leave it out");
	if (handler)
		route->handler = copy(parse, handler->text);
	methods_get(parse, route);
	if (whole)
		connect_check(parse, route);
	route_limits_get(parse, route, given);
	log = value_get(parse, ROUTE_ACCESS_LOG, &made);
	if (!bool_parse(log->text, &route->access_log))
		value_error(parse, ROUTE_ACCESS_LOG, log,
			    "give on or off; where the lines go is said in http { ... }");
}

/* libconfuse ----------------------------------------------------------------------------------- */

/* The "}" of a titled section: its values are complete. */
static int
section_take(cfg_t *cfg, cfg_opt_t *opt)
{
	struct parse *parse = ((struct slot *)(void *)cfg->opts[0].simple_value.ptr)->parse;
	cfg_t *section = cfg_opt_getnsec(opt, 0);
	struct conf_where where = {parse->file, parse->section->line};

	if (strcmp(opt->name, "listen") == 0)
		listen_make(parse, section->title, where, parse->section->whole);
	else if (strcmp(opt->name, "module") == 0)
		module_make(parse, section->title, where);
	else
		route_make(parse, section->title, where, parse->section->whole);
	parse->section++;
	slots_clear(parse, BACKLOG, KEYS - 1);
	/*
	 * libconfuse keeps one section of each title only: there must be none when the next one
	 * comes
	 */
	cfg_opt_rmnsec(opt, 0);
	return parse->nomem ? -1 : 0;
}

/* snapshot.c has done it: the files that are included are in the snapshot. */
static int
include_ignore(cfg_t *cfg, cfg_opt_t *opt, int argc, const char **argv)
{
	(void)cfg, (void)opt, (void)argc, (void)argv;
	return 0;
}

/*
 * What syntax.c lets through, libconfuse takes; were it not so, this says it instead of
 * libconfuse's stderr.
 */
static void
libconfuse_error(cfg_t *cfg, const char *fmt, va_list ap)
{
	struct slot *slot = (struct slot *)(void *)cfg->opts[0].simple_value.ptr;
	char *text;

	if (!slot || vasprintf(&text, fmt, ap) < 0)
		return;
	conf_errors_add(slot->parse->errors,
			(struct conf_where){slot->parse->file, (unsigned)cfg->line},
			"libconfuse: %s", text);
	free(text);
}

static cfg_opt_t
schema_value(struct parse *parse, enum key key, const char *name)
{
	return (cfg_opt_t){
		.name = name,
		.type = CFGT_PTR,
		.flags = key == METHODS ? CFGF_LIST : CFGF_NONE,
		.def = {.string = keys[key].value},
		.simple_value = {.ptr = (void **)&parse->slots[key]},
		.parsecb = value_take,
	};
}

/* A section of that name: its keys are those that belong to it. `subopts` has room for them. */
static cfg_opt_t
schema_section(struct parse *parse, const char *name, cfg_opt_t *subopts, const char *title)
{
	size_t count = 0;

	for (enum key key = 0; key < KEYS; key++)
		if (keys[key].name && keys[key].section && strcmp(keys[key].section, name) == 0)
			subopts[count++] = schema_value(parse, key, keys[key].name);
	return (cfg_opt_t){
		.name = name,
		.type = CFGT_SEC,
		.flags = title ? CFGF_MULTI | CFGF_TITLE : CFGF_NONE,
		.subopts = subopts,
		.def = {.string = title},
		.validcb = title ? section_take : NULL,
	};
}

/*
 * With the keys that the options { } have; before they are known (n is 0), any key may stand there.
 */
static void
schema_init(struct schema *schema, struct parse *parse, cfg_opt_t *options, size_t n)
{
	size_t top = 0;

	memset(schema, 0, sizeof(*schema));
	for (enum key key = 0; key < KEYS; key++)
		if (!keys[key].section)
			schema->top[top++] = schema_value(parse, key, keys[key].name);
	schema->top[top++] = (cfg_opt_t)CFG_FUNC("include", include_ignore);
	schema->top[top++] = schema_section(parse, "listen", schema->listen, "127.0.0.1:8080");
	schema->top[top++] = schema_section(parse, "http", schema->http, NULL);
	schema->top[top++] = schema_section(parse, "module", schema->module, "hello");
	schema->top[top++] = schema_section(parse, "route", schema->route, "/");
	schema->module[1] =
		(cfg_opt_t)CFG_SEC(CONF_FREE_SECTION, options, n ? CFGF_NONE : CFGF_KEYSTRVAL);
}

/*
 * One option of the schema for each key that any of the files has in an options { }; a last one
 * ends them.
 */
static cfg_opt_t *
options_gather(struct parse *parse, const struct syntax *syntaxes, size_t count, size_t *n)
{
	cfg_opt_t *options = NULL;

	*n = 0;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < syntaxes[i].noptions; j++) {
			const char *name = syntaxes[i].options[j];
			bool known = false;

			for (size_t k = 0; k < *n && !known; k++)
				known = strcmp(options[k].name, name) == 0;
			if (known)
				continue;
			if (!grow(parse, (void **)&options, *n, sizeof(*options)))
				break;
			options[(*n)++] = schema_value(parse, OPTIONS, name);
		}
	if (!grow(parse, (void **)&options, *n, sizeof(*options))) {
		free(options);
		return NULL;
	}
	return options;
}

/* One file, by libconfuse. */
static int
file_parse(struct parse *parse, cfg_t *cfg, const struct syntax *syntax)
{
	FILE *in;
	int rc;

	if (syntax->size == 0)
		return 0;
	in = fmemopen(syntax->text, syntax->size, "r");
	if (!in)
		return -ENOMEM;
	free(cfg->filename);
	cfg->filename = strdup(parse->file);
	parse->section = syntax->sections;
	rc = cfg->filename ? cfg_parse_fp(cfg, in) : CFG_PARSE_ERROR;
	fclose(in);
	return rc == CFG_SUCCESS ? 0 : parse->nomem ? -ENOMEM : -EINVAL;
}

static int
files_parse(struct parse *parse, const struct syntax *syntaxes, size_t count)
{
	struct schema schema;
	cfg_t *cfg = NULL;
	size_t n;
	cfg_opt_t *options = options_gather(parse, syntaxes, count, &n);
	size_t errors = parse->errors->count;
	int rc = parse->nomem ? -ENOMEM : 0;

	if (rc < 0)
		goto out;
	schema_init(&schema, parse, options, n);
	schema.module[1].flags = CFGF_NONE;
	cfg = cfg_init(schema.top, CFGF_NONE);
	if (!cfg) {
		rc = -ENOMEM;
		goto out;
	}
	cfg_set_error_function(cfg, libconfuse_error);
	for (size_t i = 0; i < count && rc == 0; i++) {
		parse->file = parse->conf->files[i];
		rc = file_parse(parse, cfg, &syntaxes[i]);
	}
	if (rc == -EINVAL && parse->errors->count == errors)
		conf_errors_add(parse->errors,
				(struct conf_where){parse->file, (unsigned)cfg->line},
				"libconfuse: syntax error");
out:
	if (cfg)
		cfg_free(cfg);
	free(options);
	return rc;
}

/* conf_parse ----------------------------------------------------------------------------------- */

static int
syntaxes_check(struct parse *parse, const struct conf_snapshot *snapshot, struct syntax *syntaxes)
{
	struct schema schema;
	int rc = 0;

	schema_init(&schema, parse, NULL, 0);
	for (size_t i = 0; i < snapshot->count && rc == 0; i++)
		rc = conf_syntax_check(&syntaxes[i], &snapshot->files[i], schema.top,
				       parse->errors);
	return rc;
}

static void
globals_get(struct parse *parse)
{
	struct conf *conf = parse->conf;
	struct given made;

	workers_get(parse);
	worker_connections_get(parse, &conf->worker_connections, &conf->worker_connections_where);
	account_get(parse, USER, &conf->user, &conf->user_where);
	account_get(parse, GROUP, &conf->group, &conf->group_where);
	control_get(parse, &conf->control, &conf->control_where);
	log_get(parse, conf);
	duration_get(parse, DRAIN_TIMEOUT, &conf->drain_timeout_ms);
	duration_get(parse, HANG_TIMEOUT, &conf->hang_timeout_ms);
	duration_get(parse, QUARANTINE, &conf->quarantine_ms);
	count_get(parse, FS_THREADS, 1, CONF_FS_THREADS_MAX, &conf->fs_threads);
	duration_get(parse, KEEPALIVE_TIMEOUT, &conf->http.keepalive_timeout_ms);
	duration_get(parse, HEADER_TIMEOUT, &conf->http.header_timeout_ms);
	duration_get(parse, BODY_TIMEOUT, &conf->http.body_timeout_ms);
	duration_get(parse, WRITE_TIMEOUT, &conf->http.write_timeout_ms);
	count_get(parse, KEEPALIVE_REQUESTS, 0, REQUESTS_MAX, &conf->http.keepalive_requests);
	min_rate_get(parse, MIN_RATE, value_get(parse, MIN_RATE, &made), &conf->http.min_rate);
	max_head_get(parse, &conf->http.max_head);
	max_request_line_get(parse, &conf->http, &conf->http.max_request_line);
	count_get(parse, MAX_HEADERS, 1, CONF_HEADERS_MAX, &conf->http.max_headers);
	max_body_get(parse, MAX_BODY, value_get(parse, MAX_BODY, &made), &conf->http.max_body);
	count_get(parse, CONNECTIONS_PER_ADDRESS, 0, CONF_CONNECTIONS_MAX,
		  &conf->http.connections_per_address);
	access_log_get(parse, &conf->http);
	access_format_get(parse, &conf->http);
	routes_inherit(parse, conf);
}

static int
files_name(struct parse *parse, const struct conf_snapshot *snapshot)
{
	struct conf *conf = parse->conf;

	conf->files = calloc(snapshot->count + 1, sizeof(*conf->files));
	if (!conf->files)
		return -ENOMEM;
	for (; conf->nfiles < snapshot->count; conf->nfiles++) {
		conf->files[conf->nfiles] = strdup(snapshot->files[conf->nfiles].name);
		if (!conf->files[conf->nfiles])
			return -ENOMEM;
	}
	return 0;
}

static int
snapshot_parse(struct parse *parse, const struct conf_snapshot *snapshot, struct syntax *syntaxes)
{
	/* where a file or a section could not be read, what refers to it cannot be judged */
	bool complete = parse->errors->count == 0;
	int rc = files_name(parse, snapshot);

	if (rc == 0)
		rc = syntaxes_check(parse, snapshot, syntaxes);
	for (size_t i = 0; i < snapshot->count; i++)
		complete = complete && !syntaxes[i].incomplete;
	if (rc == 0)
		rc = files_parse(parse, syntaxes, snapshot->count);
	if (rc < 0)
		return rc;
	globals_get(parse);
	if (parse->nomem)
		return -ENOMEM;
	conf_duplicates_check(parse->conf, parse->errors);
	if (complete) {
		conf_listens_resolve(parse->conf, parse->listens, parse->errors);
		conf_routes_resolve(parse->conf, parse->routes, parse->errors);
		conf_presence_check(parse->conf, parse->errors);
	}
	return 0;
}

static void
parse_fini(struct parse *parse)
{
	slots_clear(parse, 0, KEYS - 1);
	for (size_t i = 0; i < parse->conf->nlistens; i++)
		free(parse->listens[i].module.name);
	free(parse->listens);
	for (size_t i = 0; i < parse->conf->nroutes; i++)
		free(parse->routes[i].module.name);
	free(parse->routes);
}

struct conf *
conf_parse(const struct conf_snapshot *snapshot, struct conf_errors *errors)
{
	struct parse parse = {.conf = calloc(1, sizeof(*parse.conf)), .errors = errors};
	struct syntax *syntaxes = calloc(snapshot->count + 1, sizeof(*syntaxes));
	int rc = -ENOMEM;

	for (enum key key = 0; key < KEYS; key++)
		parse.slots[key].parse = &parse;
	if (parse.conf && syntaxes)
		rc = snapshot_parse(&parse, snapshot, syntaxes);
	if (rc == -ENOMEM)
		conf_errors_add(errors, (struct conf_where){0},
				"out of memory while reading the conf");
	conf_errors_sort(errors, snapshot);
	if (parse.conf)
		parse_fini(&parse);
	if (rc < 0 || errors->count) {
		conf_free(parse.conf);
		parse.conf = NULL;
	}
	for (size_t i = 0; syntaxes && i < snapshot->count; i++)
		conf_syntax_fini(&syntaxes[i]);
	free(syntaxes);
	return parse.conf;
}

static void
modules_free(struct conf *conf)
{
	for (size_t i = 0; i < conf->nmodules; i++) {
		struct conf_module *module = &conf->modules[i];

		for (size_t j = 0; j < module->noptions; j++) {
			free(module->options[j].key);
			free(module->options[j].value);
		}
		free(module->options);
		free(module->name);
		free(module->path);
	}
	free(conf->modules);
}

static void
routes_free(struct conf *conf)
{
	for (size_t i = 0; i < conf->nroutes; i++) {
		struct conf_route *route = &conf->routes[i];

		for (size_t j = 0; j < route->nmethods; j++)
			free(route->methods[j]);
		free(route->methods);
		free(route->path);
		free(route->handler);
	}
	free(conf->routes);
}

void
conf_free(struct conf *conf)
{
	if (!conf)
		return;
	for (size_t i = 0; i < conf->nlistens; i++)
		free(conf->listens[i].address);
	free(conf->listens);
	modules_free(conf);
	routes_free(conf);
	for (size_t i = 0; i < conf->nfiles; i++)
		free(conf->files[i]);
	free(conf->files);
	free(conf->user);
	free(conf->group);
	free(conf->control);
	free(conf->log_place);
	free(conf->http.access_log);
	free(conf->http.access_format);
	conf_format_fini(&conf->http.format);
	free(conf);
}
