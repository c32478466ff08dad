/*
 * What waits to be sent over one worker's link.
 *
 * A link that is full must stop nobody. Control messages (ACCEPT, DRAIN, REOPEN) are few, never
 * dropped, and go first. PUBLISH messages wait up to OUTBOX_BYTES; beyond that they are dropped,
 * and LOST tells the worker how many as soon as there is room. A message to many workers is kept
 * once.
 */
#ifndef EDDY_DAEMON_OUTBOX_H
#define EDDY_DAEMON_OUTBOX_H

#include "worker/contract.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define OUTBOX_BYTES (1024 * 1024) /* of PUBLISH messages, per worker */

/* One message, shared by all that have to send it. */
struct packet {
	unsigned refs;
	enum contract_type type;
	size_t size;
	int fd; /* sent with it, and closed with it; -1: none */
	char bytes[];
};

STAILQ_HEAD(outbox_queue, outbox_item);

struct outbox_item {
	STAILQ_ENTRY(outbox_item) next;
	struct packet *packet;
};

struct outbox {
	int link; /* the owner's */
	struct outbox_queue control, messages;
	size_t ncontrol; /* messages in control */
	size_t bytes;	 /* in messages */
	uint32_t lost;
};

void outbox_init(struct outbox *outbox, int link);
void outbox_fini(struct outbox *outbox);

/* A message made of n parts; NULL: no memory. The maker holds it until packet_unref. */
struct packet *packet_new(enum contract_type type, const struct iovec *parts, size_t n);
void packet_unref(struct packet *packet); /* NULL is fine */

/*
 * Sends now, or as soon as the link has room (outbox_waits is then true: call outbox_flush when it
 * is writable). 0, or -errno: the link is of no use any more.
 */
int outbox_control(struct outbox *outbox, struct packet *packet);
int outbox_publish(struct outbox *outbox, struct packet *packet);
int outbox_flush(struct outbox *outbox);
/*
 * Puts one at the end of a queue without trying to send it: what a master before had not been able
 * to send (handover.h). 0 or -ENOMEM.
 */
int outbox_queue(struct outbox *outbox, struct packet *packet, bool control);
bool outbox_waits(const struct outbox *outbox);

#endif
