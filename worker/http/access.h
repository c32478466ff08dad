/*
 * The access log: one line for each request that has ended, by the format of the conf.
 *
 * A line is made on the loop, without allocation or formatted printing, and put into the writer's
 * ring (loop/writer.h). With the log off http->access is NULL, and a request pays for looking at
 * that. What of a line comes from the request's head is made when the head goes away, if the
 * request lives longer than it; nothing is kept of requests that are not logged.
 *
 * A request is logged once: when its answer has been handed over to the kernel, or the connection
 * is lost. Statuses that no client has seen: 499, the client left before the answer began; 444, the
 * module has destroyed the response before it began.
 */
#ifndef EDDY_HTTP_ACCESS_H
#define EDDY_HTTP_ACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "conf/conf.h"
#include "contract.h"
#include "eddy.h"
#include "http/head.h"
#include "loop/writer.h"

#define ACCESS_RING_SIZE (1 << 20)

struct conn;
struct peer;
struct exchange;
struct http;
struct route;

struct access {
	struct writer *writer;
	struct slot *slot;
	struct conf_format_item *items; /* the texts are the conf's */
	size_t nitems, nmessage;	/* from nmessage on: the journal's fields */
	bool json;
	bool timed;	   /* a line says how long a request has taken */
	uint64_t begun_ns; /* CLOCK_MONOTONIC: of the request that is being served; if timed */
	uint32_t worker, generation;
	uint64_t pid;
	size_t room; /* bytes that the values of unknown length may have together */
	char *line;
	time_t second; /* of the times below */
	char clf[96], iso[96];
	uint64_t dropped;  /* lines that found no room */
	uint64_t reported; /* of these */
	int error;	   /* of the writer, as reported */
};

/* What a line is made of. */
struct access_entry {
	const struct peer *peer;
	const struct head *head;   /* NULL: none, or gone */
	const char *saved;	   /* access_save's, of a head that is gone */
	eddy_str unparsed;	   /* p NULL: it was a request */
	const struct route *route; /* NULL: none */
	uint64_t bytes, took_ns;
	time_t second;	   /* now */
	uint32_t requests; /* on the connection, this one included */
	int status;
};

/* An answer that the kernel has not taken yet, logged when it has; hangs on the out_queue. */
struct access_wait;

/*
 * On the file `fd`, which becomes its own; -1 with CONF_LOG_JOURNAL. The thread starts with
 * access_start. NULL: no memory.
 */
struct access *access_new(const struct conf_http *conf, struct slot *slot,
			  const struct contract_hello *hello, int fd);
int access_start(struct access *access);
/*
 * Writes what is left, for `ms` at most; counts what could not be written as dropped, and returns
 * that.
 */
uint64_t access_free(struct access *access, unsigned ms);

/* The lines go to this file from now on, which becomes its own. */
void access_reopen(struct access *access, int fd);
/* How many of these have been done: nothing goes to the files of before any more. */
uint32_t access_reopened(const struct access *access);

/*
 * What is to be said of it since the last time: a sentence in `text`, its length, or 0. `text` has
 * room for 256 bytes.
 */
size_t access_report(struct access *access, char *text);

/* One line into `line`, which has room for WRITER_LINE_MAX bytes; its length. */
size_t access_format(struct access *access, const struct access_entry *entry, char *line);
/* What of a line comes from the head, made now; free it with free. NULL: no memory. */
char *access_save(struct access *access, const struct head *head);

/* http's side; all of these may be called with the log off. ------------------------ */

void access_begin_timed(struct access *access);
void access_answered_on(struct conn *conn, const struct head *head, const struct route *route,
			int status);
void access_refused_on(struct conn *conn, int status, const char *p, size_t n);
void access_ended_on(struct exchange *exchange, bool lost);
void access_release_on(struct exchange *exchange);

/* A request's head is complete. */
static inline void
access_begin(struct access *access)
{
	if (access != NULL && access->timed)
		access_begin_timed(access);
}

/* out.c: the answer that was waited for has gone out, but for `unsent` bytes. */
void access_waited(struct conn *conn, struct access_wait *wait, size_t unsent);

#endif
