/*
 * eddyctl's end of the control socket: finding eddyd, asking it, and what it has answered.
 */
#ifndef EDDY_DAEMON_CTL_H
#define EDDY_DAEMON_CTL_H

#include "daemon/control_path.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#define CTL_REQUEST_BYTES 256

/* What eddyd has answered. Zero-initialise. */
struct answer {
	json_t *body; /* the lines before the last: at most one; NULL: none */
	json_t *last; /* {"ok": …} */
};

struct ctl {
	const char *socket;	      /* -s, -i; NULL: the first that answers */
	struct control_path instance; /* -i */
	bool json;
	FILE *err;	   /* where it says what is wrong */
	unsigned count;	   /* -n; 0: no end */
	unsigned delay_ms; /* -d; 0: the default */
	const char *path;  /* that was connected to */
	struct control_path paths[CONTROL_PATHS];
	int fd;
	pid_t pid; /* of eddyd; 0: not known */
};

/* 0, or -1 with the reason on ctl->err. */
int ctl_connect(struct ctl *ctl);

/* Sends one request; reads its answer from `in`, the stream of ctl->fd. 0, or -1 as above. */
int ctl_send(const struct ctl *ctl, const char *request);
int ctl_answer(const struct ctl *ctl, FILE *in, struct answer *answer);

/* Both; `waits`: as long as it takes. */
int ctl_ask(const struct ctl *ctl, FILE *in, const char *request, struct answer *answer,
	    bool waits);

void answer_fini(struct answer *answer);

#endif
