/*
 * What the parts of the module js share: the state of one script, how C enters JavaScript, and how
 * values cross the border.
 *
 * One `struct js` is one `module "x" { path = "js.so" }` of the conf in one worker: its engine, its
 * global object and its script. C calls JavaScript at one place only, js_dispatch, whose function
 * in lib/boot.js runs the callback and then what process.nextTick has queued; the engine runs the
 * microtasks when that call returns; and both are run again until nothing is left. So the order of
 * events is Node's. JavaScript calls C through the functions of one object, `native`, that only the
 * libraries in lib/ see.
 *
 * Objects of eddy's (exchanges, sockets, servers) are ids in JavaScript: see table.h. A late call
 * with the id of an object that is over finds nothing, and does nothing.
 */
#ifndef JS_H
#define JS_H

#include <JavaScriptCore/JavaScript.h>
#include <eddy.h>
#include <limits.h>

#include "cache.h"
#include "table.h"
#include "watch.h"

/* What js_dispatch tells; lib/boot.js has the same numbers. */
enum js_event {
	JS_TICKS = 0,	   /* nothing but what has been queued */
	JS_TIMER = 1,	   /* id of a timeout or an immediate */
	JS_REQUEST = 2,	   /* id, method, url, minor version, fields, server's id */
	JS_BODY = 3,	   /* id, an enum js_body, piece */
	JS_RESPONSE = 4,   /* id, an enum js_response */
	JS_SOCKET = 5,	   /* id, event's name, piece or code */
	JS_SERVER = 6,	   /* id, event's name, id of the connection or code */
	JS_SIGNAL = 7,	   /* number */
	JS_DRAIN = 8,	   /* the worker leaves */
	JS_CONNECTION = 9, /* id of a socket that came to a listen of the conf */
	JS_MESSAGE = 10,   /* topic, bytes: of a worker to all */
	JS_DNS = 20,	   /* id of a question, code, answer */
	JS_CLIENT = 21,	   /* id of a request to a server, event's name, two values */
	JS_FS = 30,	   /* id of a call, result: fs.h */
};

/* What JavaScript writes and C reads without a call: the bytes of an ArrayBuffer. */
struct js_shared {
	uint8_t pending; /* ticks or rejections are queued */
	uint8_t serves;	 /* there is a handler for requests */
};

/*
 * An answer that JavaScript leaves for C, which looks for it when the request's handler has
 * returned: no call is made for it. lib/http/answer.js has the other side.
 */
#define JS_ANSWER_ROOM 8192
/* Whether there is one, and whether the connection closes behind it. */
enum js_given { ANSWER_NONE = 0, ANSWER_GIVEN = 1, ANSWER_CLOSES = 2 };

struct js_answer {
	double id;	/* of the exchange whose handler runs; 0: none */
	uint32_t given; /* enum js_given */
	uint32_t status;
	uint32_t fields; /* bytes of header fields, "name\0value\0…", at the begin of `bytes` */
	uint32_t body;	 /* bytes of the body behind them */
	char bytes[JS_ANSWER_ROOM];
};

struct js {
	eddy_module *self;
	char *script; /* where the option leads */
	JSContextGroupRef group;
	JSGlobalContextRef ctx;
	JSClassRef native_class;
	JSObjectRef native;   /* what lib/ calls */
	JSObjectRef dispatch; /* boot.js: dispatch(event, …) */
	JSObjectRef load;     /* boot.js: load(path) */
	JSObjectRef loaded;   /* boot.js: loaded(), throws why the script is refused */
	JSObjectRef check;    /* boot.js: check(path), throws what is wrong with it; nothing runs */
	JSObjectRef error;    /* boot.js: Error, the constructor */
	JSObjectRef describe; /* boot.js: describe(error), for what is said of a refused script */
	struct js_shared shared;
	struct js_answer answer;
	struct js_cache cache;
	struct js_table exchanges, sockets, servers, timers, questions, askings, agents, resolvers;
	struct js_topic *topics; /* that are listened to */
	eddy_file **files;	 /* by descriptor; NULL: none of the script's */
	size_t nfiles;
	size_t calls; /* of files, that have not come back */
	eddy_timer *memory_timer;
	struct js_thread guard; /* of memory */
	uint64_t memory_max;	/* bytes; 0: no limit */
	unsigned memory_over;	/* looks in a row that have found more */
	bool memory_said;	/* by the option */
	bool memory_left;	/* another is to take its place, since it had too much */
	bool drains;
	bool memory_pressed; /* of this entry: it has been asked to collect */
	unsigned entered;    /* depth of js_dispatch */
	struct js_watch watch;
	bool loading;	/* files may be read */
	bool hang_said; /* of this entry */
	bool orphaned;	/* the load has failed: nobody waits for what comes back */
};

/*
 * A function of `native`. Returns a value, or sets *exception; argc is what JavaScript has given,
 * and js_arg gives undefined for what is missing.
 */
typedef JSValueRef js_function(struct js *js, size_t argc, const JSValueRef argv[],
			       JSValueRef *exception);

struct js_binding {
	const char *name; /* NULL ends the table */
	js_function *function;
};

/* engine.c: 0, or what eddy_module_fail has returned. */
int js_engine_start(struct js *js);
void js_engine_stop(struct js *js);
/*
 * Enters JavaScript: boot.js's dispatch(event, args …), then ticks and microtasks until none is
 * left. What a callback throws is boot.js's to report.
 */
void js_dispatch(struct js *js, enum js_event event, size_t argc, const JSValueRef argv[]);
/* Around a call of another function than dispatch, so that it is looked at how long it runs. */
void js_enter(struct js *js);
void js_exit(struct js *js);
/* Runs what is queued, after a call of another function than dispatch. */
void js_settle(struct js *js);

#define JS_MEMORY_UNSAID "is not set, which allows"
/* The worker's exit code when the script's memory is used up; sysexits(3)'s EX_SOFTWARE. */
#define JS_MEMORY_EXIT 70
/* memory.c: the option memory, and what it says. 0, or what eddy_module_fail has returned. */
int js_memory_start(struct js *js);
void js_memory_stop(struct js *js);
/* Whether the limit leaves room now that the script is loaded: the same results. */
int js_memory_loaded(struct js *js);
/* Resident memory of the process now, not as of the last second; 0: nobody knows. */
uint64_t js_rss_now(void);

/* loader.c: the libraries and the script; `check`: which is not run, but looked at. */
int js_loader_start(struct js *js, bool check);

/* The tables of the parts, which js_loader_start puts into `native`. */
extern const struct js_binding js_loader_bindings[], js_timer_bindings[], js_http_bindings[],
	js_response_bindings[], js_net_bindings[], js_os_bindings[], js_process_bindings[],
	js_text_bindings[], js_dns_bindings[], js_cluster_bindings[], js_client_bindings[],
	js_fs_bindings[];

/* fs.c */
void js_fs_fini(struct js *js);

/* http.c, net.c */
void js_http_request(eddy_request *req, eddy_response *res, void *state);
void js_net_connection(eddy_socket *sock, void *state);
/* Takes a connection that is the script's from now on; 0: no memory, and eddy closes it. */
double js_net_adopt(struct js *js, eddy_socket *sock);
/* [remote address, remote port, local address, local port], or undefined while it connects. */
JSValueRef js_net_addresses(const struct js *js, const eddy_socket *sock, JSValueRef *exception);
/* A request to the script's own server with that id; 0: to a route. */
void js_http_serve(struct js *js, eddy_request *req, eddy_response *res, double server);
/* Takes a request's connection over: the id of the socket that it is from now on; 0: it cannot be. */
double js_net_detach(struct js *js, eddy_response *res);

/* cluster.c: when the worker ends. */
void js_topics_free(struct js_topic *topic);

/* value.c: values, both ways. */
JSValueRef js_arg(const struct js *js, size_t argc, const JSValueRef argv[], size_t i);
double js_number(const struct js *js, JSValueRef value, double fallback);
/* The nearest that C has of a number of any size. What is none, or NaN: 0, or the fallback. */
unsigned js_unsigned(const struct js *js, JSValueRef value);
int js_int(const struct js *js, JSValueRef value, int fallback);
/* A string's UTF-8, to be freed; lone surrogates as U+FFFD. NULL: no memory. */
char *js_utf8(const struct js *js, JSValueRef value, size_t *n);
/* The low bytes of a string's characters, NUL-terminated, to be freed. */
char *js_latin1(const struct js *js, JSValueRef value, size_t *n);
JSValueRef js_text(const struct js *js, const char *utf8);
JSValueRef js_text_n(const struct js *js, const char *utf8, size_t n);
JSValueRef js_latin1_text(const struct js *js, const char *p, size_t n);
/* A copy of n bytes as an ArrayBuffer; undefined if there is no memory. */
JSValueRef js_bytes(const struct js *js, const void *p, size_t n);
/*
 * The bytes of a string (as UTF-8) or of a typed array; *owned is what is to be freed, or NULL.
 * False: the value is neither, or there is no memory.
 */
bool js_bytes_of(const struct js *js, JSValueRef value, const char **p, size_t *n, char **owned);
JSValueRef js_undefined(const struct js *js);
/* Throws Error(message) with `code`; returns undefined, to be returned. */
JSValueRef js_throw(const struct js *js, JSValueRef *exception, const char *code, const char *fmt,
		    ...) __attribute__((format(printf, 4, 5)));
int js_bind(struct js *js, JSObjectRef object, const struct js_binding *bindings);
void js_set(const struct js *js, JSObjectRef object, const char *name, JSValueRef value);
JSValueRef js_get(const struct js *js, JSObjectRef object, const char *name);
/* What a thrown value says, for a line of the log, to be freed: never NULL but without memory. */
char *js_describe(struct js *js, JSValueRef error);

#endif
