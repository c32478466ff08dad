/*
 * What can be configured: the conf file, read, checked, and handed on.
 *
 * The master reads the conf file and all that it includes into a snapshot, parses it, and gives the
 * snapshot to each worker as a sealed memfd; the worker parses the same bytes with the same code,
 * so that both always mean the same conf. Nothing here opens a socket, loads a module or logs:
 * errors are collected and given back.
 */
#ifndef EDDY_CONF_H
#define EDDY_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>

#define CONF_WORKERS_MAX 256 /* per generation */
#define CONF_LISTENS_MAX 200 /* one SCM_RIGHTS message carries 253 descriptors at most */
#define CONF_HEAD_MAX 65535  /* offsets into a request head are 16 bits wide */
#define CONF_HEADERS_MAX 256 /* nobody sends more, and each costs the parser 8 bytes */
#define CONF_CONNECTIONS_MAX 1000000
#define CONF_FS_THREADS_MAX 64
#define CONF_BACKLOG 4096 /* the default of a listen */
#define CONF_NO_LIMIT UINT64_MAX

/*
 * Where something was said: `file` lives as long as the struct conf (or the errors) it came with.
 */
struct conf_where {
	const char *file;
	unsigned line;
};

/* One error: the place and the sentence, without a line end. */
struct conf_error {
	struct conf_where where; /* line 0: the file as a whole; file NULL: no file to name */
	char *text;
};

/*
 * All the errors of one reading, in the order of file and line. Zero-initialise; conf_errors_fini
 * frees.
 */
struct conf_errors {
	struct conf_error *list;
	size_t count;
	char **files; /* the names that list[].where.file points at */
	size_t nfiles;
};

/* One file as it was read. */
struct conf_file {
	char *name;
	char *bytes; /* NUL after size bytes, so that it can be scanned as a string too */
	size_t size;
};

/* The main file first, then what it includes. Zero-initialise; conf_snapshot_fini frees. */
struct conf_snapshot {
	struct conf_file *files;
	size_t count;
};

struct conf_option {
	char *key, *value;
	struct conf_where where;
};

enum conf_protocol { CONF_HTTP, CONF_TCP };

/* One socket that all workers wait at, or one for each of them, among which the kernel chooses. */
enum conf_accept { CONF_ACCEPT_SHARED, CONF_ACCEPT_REUSEPORT };

#define CONF_FD_PREFIX "fd:" /* a name after it, and no address: conf_listen_parse */

struct conf_listen {
	/* as written: "0.0.0.0:8080", "[::]:8080", "unix:/run/eddy/web.sock", "fd:web" */
	char *address;
	struct sockaddr_storage addr; /* of a CONF_FD_PREFIX AF_UNSPEC: it is not known here */
	socklen_t addrlen;
	int backlog;
	bool ipv6only; /* IPV6_V6ONLY; false on an IPv6 address: dual stack */
	mode_t mode;   /* of a unix socket's file */
	enum conf_protocol protocol;
	enum conf_accept accept;
	size_t module; /* index into conf.modules; with CONF_TCP only */
	struct conf_where where;
};

struct conf_module {
	char *name;
	char *path; /* as written; no slash: in the module directory, relative: from where.file */
	struct conf_option *options;
	size_t noptions;
	struct conf_where where;
};

/* Where the lines of a log go. */
enum conf_log {
	CONF_LOG_OFF, /* the access log's only */
	CONF_LOG_FILE,
	CONF_LOG_STDERR,
	CONF_LOG_JOURNAL,
	CONF_LOG_AUTO, /* eddyd's only: the journal where stderr leads there, else stderr */
};

#define CONF_FORMAT_ITEMS_MAX 128
#define CONF_FORMAT_SIZE_MAX 4096

/* What a part of a log line is. */
enum conf_format_kind {
	CONF_FORMAT_TEXT,   /* stands for itself */
	CONF_FORMAT_HEADER, /* of the request; `text` is its name */
	CONF_FORMAT_NOTHING,
	CONF_FORMAT_ADDRESS,
	CONF_FORMAT_PORT,
	CONF_FORMAT_TIME,
	CONF_FORMAT_TIME_ISO,
	CONF_FORMAT_TIME_SEC,
	CONF_FORMAT_LINE, /* the request line */
	CONF_FORMAT_URL,
	CONF_FORMAT_UNPARSED, /* the request line, where it is none */
	CONF_FORMAT_METHOD,
	CONF_FORMAT_PATH,
	CONF_FORMAT_QUERY,
	CONF_FORMAT_PROTOCOL,
	CONF_FORMAT_STATUS,
	CONF_FORMAT_BYTES,
	CONF_FORMAT_BYTES_OR_DASH,
	CONF_FORMAT_TOOK_US,
	CONF_FORMAT_TOOK_MS,
	CONF_FORMAT_TOOK_S,
	CONF_FORMAT_KEPT, /* requests before it on the connection */
	CONF_FORMAT_PID,
	CONF_FORMAT_ROUTE,
	CONF_FORMAT_MODULE,
	CONF_FORMAT_WORKER,
	CONF_FORMAT_GENERATION,
};

struct conf_format_item {
	enum conf_format_kind kind;
	char *text; /* of CONF_FORMAT_TEXT and CONF_FORMAT_HEADER */
	size_t size;
};

struct conf_format {
	struct conf_format_item *items;
	size_t count;
	bool json; /* the values are JSON's: strings with their quotes, or null */
};

#define CONF_ROUTE_CONNECT "*" /* the path of the route for CONNECT, which has none */

struct conf_route {
	char *path;
	size_t module;	/* index into conf.modules */
	char *handler;	/* NULL: the module's `request` */
	char **methods; /* none: every method */
	size_t nmethods;
	uint64_t max_body;			    /* bytes; CONF_NO_LIMIT: none */
	unsigned body_timeout_ms, write_timeout_ms; /* 0: never */
	uint64_t min_rate;			    /* of a body, bytes a second; 0: any */
	bool access_log;			    /* false: its requests are not logged */
	struct conf_where where;
};

struct conf_http {
	/* 0: never */
	unsigned keepalive_timeout_ms, header_timeout_ms, body_timeout_ms, write_timeout_ms;
	unsigned keepalive_requests;	  /* on one connection; 0: any number */
	uint64_t min_rate;		  /* of a request's body, bytes a second; 0: any */
	size_t max_request_line;	  /* bytes */
	unsigned max_headers;		  /* CONF_HEADERS_MAX at most */
	size_t max_head;		  /* bytes, request line and headers */
	uint64_t max_body;		  /* bytes; CONF_NO_LIMIT: none */
	unsigned connections_per_address; /* to one worker; 0: any number */
	enum conf_log log;
	char *access_log, *access_format; /* as written */
	struct conf_where access_log_where;
	struct conf_format format;
};

struct conf {
	unsigned workers; /* `auto` is resolved: the number of cores this process may run on */
	bool workers_auto;
	unsigned worker_connections; /* 0: auto; see conf_connections */
	struct conf_where worker_connections_where;
	char *user, *group; /* NULL: not set */
	char *control;	    /* NULL: not set, the daemon chooses */
	struct conf_where user_where, group_where,
		control_where; /* for what only the daemon can check */
	enum conf_log log;     /* eddyd's */
	char *log_place;       /* as written */
	struct conf_where log_where;
	unsigned drain_timeout_ms;
	unsigned hang_timeout_ms; /* a worker that serves nobody for so long is ended; 0: never */
	unsigned quarantine_ms;	  /* the first time of a route that kills its workers; 0: none */
	unsigned fs_threads;	  /* of each worker: they wait for disks */
	struct conf_http http;
	struct conf_listen *listens;
	size_t nlistens;
	struct conf_module *modules;
	size_t nmodules;
	struct conf_route *routes;
	size_t nroutes;
	char **files; /* the names that the conf_where in here point at */
	size_t nfiles;
};

/* snapshot.c ---------------------------------------------------------------------- */

/*
 * Reads the conf file at `path` and every file that it includes; with NULL, the built-in conf
 * ("built-in"). An include pattern that matches nothing is fine if it is a glob and an error if it
 * names one file; an include inside an included file counts too, a cycle is an error. Returns 0, or
 * -1 with the errors added to `errors`: a snapshot is then still valid for what could be read, so
 * that conf_parse can report the rest.
 */
int conf_snapshot_read(struct conf_snapshot *snapshot, const char *path,
		       struct conf_errors *errors);

/* The snapshot as a sealed memfd (close-on-exec), or -errno. */
int conf_snapshot_to_fd(const struct conf_snapshot *snapshot);

/*
 * Reads back what conf_snapshot_to_fd wrote; the fd stays the caller's. 0 or -errno (-EPROTO: not a
 * snapshot).
 */
int conf_snapshot_from_fd(struct conf_snapshot *snapshot, int fd);

void conf_snapshot_fini(struct conf_snapshot *snapshot);

/* parse.c, check.c ---------------------------------------------------------------- */

/*
 * The conf that the snapshot says, complete with defaults; or NULL with every error in it added to
 * `errors`.
 */
struct conf *conf_parse(const struct conf_snapshot *snapshot, struct conf_errors *errors);
void conf_free(struct conf *conf);

/*
 * Whether the kernel would refuse the second of two listens, although their addresses are not the
 * same; of these it looks at addr and ipv6only.
 */
bool conf_listens_overlap(const struct conf_listen *left, const struct conf_listen *right);

/* errors.c ------------------------------------------------------------------------ */

void conf_errors_add(struct conf_errors *errors, struct conf_where where, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Writes one error as `file:line: text` (no line end) and returns its length as snprintf does. */
int conf_error_format(const struct conf_error *error, char *buf, size_t size);
void conf_errors_fini(struct conf_errors *errors);

/* connections.c ------------------------------------------------------------------- */

/*
 * How many connections a worker takes at once that may have `files` files open: some of them are
 * kept for what else it opens. At least 1; less than conf->worker_connections where that is more
 * than there is room for.
 */
unsigned conf_connections(const struct conf *conf, uint64_t files);

/* print.c ------------------------------------------------------------------------- */

/*
 * The effective conf with all its defaults, as a conf file that parses to the same conf (`eddyd
 * -T`).
 */
void conf_print(const struct conf *conf, FILE *out);

/* units.c ------------------------------------------------------------------------- */

/*
 * "16k", "8m", "1g", "512" -> bytes; "0" is 0. 0 or -EINVAL (not a size), -ERANGE. Units are powers
 * of 1024, any case.
 */
int conf_size_parse(const char *text, uint64_t *bytes);
/*
 * "75s", "100ms", "5m", "2h", "1d", "0" -> ms; a number without a unit is an error unless it is 0.
 * 0, -EINVAL, -ERANGE.
 */
int conf_duration_parse(const char *text, unsigned *ms);
/* The shortest exact text for a value; `buf` holds 32 bytes. CONF_NO_LIMIT formats as "0". */
const char *conf_size_format(uint64_t bytes, char buf[32]);
const char *conf_duration_format(unsigned ms, char buf[32]);

/*
 * What was probably meant where such a text is neither a size nor a duration: "8mb" -> "8m",
 * "1.5 s" -> "1500ms". NULL: that cannot be told.
 */
const char *conf_size_guess(const char *text, char buf[32]);
const char *conf_duration_guess(const char *text, char buf[32]);

/* nearest.c ------------------------------------------------------------------------ */

/* The one of `names` that `name` was probably meant to be, or NULL. */
const char *conf_nearest(const char *name, const char *const *names, size_t count);
/* "a, b, c" of all the names; the caller frees. NULL: no memory. */
char *conf_names_join(const char *const *names, size_t count);

/* format.c ------------------------------------------------------------------------ */

/*
 * "combined", "json" or a text with directives, taken apart. 0, -ENOMEM, or -EINVAL and the
 * sentence of what is wrong in `why`; conf_format_fini frees in any case.
 */
int conf_format_parse(const char *text, struct conf_format *format, char *why, size_t size);
void conf_format_fini(struct conf_format *format);

/* address.c ----------------------------------------------------------------------- */

/*
 * "127.0.0.1:80", "[::1]:80", "*:80" (any IPv4), ":80" (the same), "unix:/path", "unix:@abstract".
 * Numbers only, no names are looked up; port 1 to 65535. On failure returns -EINVAL and *why says
 * what is wrong.
 */
int conf_address_parse(const char *text, struct sockaddr_storage *addr, socklen_t *addrlen,
		       const char **why);
/* The same, and port 0: any that is free. */
int conf_address_parse_any_port(const char *text, struct sockaddr_storage *addr, socklen_t *addrlen,
				const char **why);
/*
 * What a listen may have: the first, or "fd:NAME", a socket that the service manager passes under
 * that name (FileDescriptorName= of a socket unit).
 */
int conf_listen_parse(const char *text, struct sockaddr_storage *addr, socklen_t *addrlen,
		      const char **why);

#endif
