/*
 * What waits to be sent over one worker's link.
 */
#include "daemon/outbox.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is lost is told when the queue is half empty again, not message by message at the brim. */
#define TELL_LOST_BYTES (OUTBOX_BYTES / 2)

struct packet *
packet_new(enum contract_type type, const struct iovec *parts, size_t n)
{
	struct packet *packet;
	size_t size = 0, used = 0;

	for (size_t i = 0; i < n; i++)
		size += parts[i].iov_len;
	packet = malloc(sizeof(*packet) + size);
	if (!packet)
		return NULL;
	*packet = (struct packet){.refs = 1, .type = type, .size = size, .fd = -1};
	for (size_t i = 0; i < n; i++) {
		memcpy(packet->bytes + used, parts[i].iov_base, parts[i].iov_len);
		used += parts[i].iov_len;
	}
	return packet;
}

void
packet_unref(struct packet *packet)
{
	if (!packet || --packet->refs > 0)
		return;
	if (packet->fd >= 0)
		close(packet->fd);
	free(packet);
}

static int
packet_send(const struct packet *packet, int link)
{
	struct iovec part = {.iov_base = (void *)packet->bytes, .iov_len = packet->size};

	return contract_send(link, packet->type, &part, 1, &packet->fd, packet->fd >= 0);
}

static int
queue_add(struct outbox_queue *queue, struct packet *packet)
{
	struct outbox_item *item = malloc(sizeof(*item));

	if (!item)
		return -ENOMEM;
	item->packet = packet;
	packet->refs++;
	STAILQ_INSERT_TAIL(queue, item, next);
	return 0;
}

static void
queue_drop_first(struct outbox_queue *queue)
{
	struct outbox_item *item = STAILQ_FIRST(queue);

	STAILQ_REMOVE_HEAD(queue, next);
	packet_unref(item->packet);
	free(item);
}

void
outbox_init(struct outbox *outbox, int link)
{
	*outbox = (struct outbox){.link = link};
	STAILQ_INIT(&outbox->control);
	STAILQ_INIT(&outbox->messages);
}

void
outbox_fini(struct outbox *outbox)
{
	while (!STAILQ_EMPTY(&outbox->control))
		queue_drop_first(&outbox->control);
	while (!STAILQ_EMPTY(&outbox->messages))
		queue_drop_first(&outbox->messages);
	outbox->ncontrol = outbox->bytes = 0;
}

bool
outbox_waits(const struct outbox *outbox)
{
	return outbox->ncontrol || !STAILQ_EMPTY(&outbox->messages);
}

int
outbox_control(struct outbox *outbox, struct packet *packet)
{
	int error;

	error = outbox->ncontrol ? -EAGAIN : packet_send(packet, outbox->link);
	if (error != -EAGAIN)
		return error;
	error = queue_add(&outbox->control, packet);
	if (!error)
		outbox->ncontrol++;
	return error;
}

int
outbox_publish(struct outbox *outbox, struct packet *packet)
{
	int error = -EAGAIN;

	if (!outbox_waits(outbox) && !outbox->lost)
		error = packet_send(packet, outbox->link);
	if (error != -EAGAIN)
		return error;
	if (outbox->bytes + packet->size > OUTBOX_BYTES || queue_add(&outbox->messages, packet) < 0)
		outbox->lost++;
	else
		outbox->bytes += packet->size;
	return 0;
}

int
outbox_queue(struct outbox *outbox, struct packet *packet, bool control)
{
	int error = queue_add(control ? &outbox->control : &outbox->messages, packet);

	if (!error && control)
		outbox->ncontrol++;
	else if (!error)
		outbox->bytes += packet->size;
	return error;
}

/* Behind what was queued before the loss, in front of what comes after it. */
static void
lost_tell(struct outbox *outbox)
{
	struct contract_lost lost = {.messages = outbox->lost};
	struct iovec part = {.iov_base = &lost, .iov_len = sizeof(lost)};
	struct packet *packet = packet_new(CONTRACT_LOST, &part, 1);

	if (packet && queue_add(&outbox->messages, packet) == 0) {
		outbox->bytes += packet->size;
		outbox->lost = 0;
	}
	packet_unref(packet);
}

static int
queue_send_first(struct outbox_queue *queue, int link)
{
	int error = packet_send(STAILQ_FIRST(queue)->packet, link);

	if (!error)
		queue_drop_first(queue);
	return error;
}

int
outbox_flush(struct outbox *outbox)
{
	int error = 0;

	while (!error && outbox->ncontrol) {
		error = queue_send_first(&outbox->control, outbox->link);
		if (!error)
			outbox->ncontrol--;
	}
	while (!error && !STAILQ_EMPTY(&outbox->messages)) {
		size_t size = STAILQ_FIRST(&outbox->messages)->packet->size;

		error = queue_send_first(&outbox->messages, outbox->link);
		if (!error)
			outbox->bytes -= size;
		if (!error && outbox->lost && outbox->bytes <= TELL_LOST_BYTES)
			lost_tell(outbox);
	}
	return error == -EAGAIN ? 0 : error;
}
