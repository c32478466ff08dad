/*
 * The workers in what is handed over: seats, children, and what waits to be sent to them.
 */
#include "daemon/child.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
#include "daemon/handover.h"
#include "daemon/master.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum seat_part { SEAT_NONE, SEAT_CHILD, SEAT_OUTGOING };

/* what waits for them ------------------------------------------------------------------------ */

static void
packet_write(struct pack *pack, struct packet *packet)
{
	char *bytes = packet->bytes;
	size_t size = packet->size;

	pack_number(pack, "type", packet->type);
	pack_fd(pack, "fd", &packet->fd);
	pack_bytes(pack, "bytes", &bytes, &size);
}

static struct packet *
packet_read(struct pack *pack)
{
	struct packet *packet;
	enum contract_type type = 0;
	struct iovec part = {0};
	int fd = -1;
	char *bytes;
	size_t size;

	pack_number(pack, "type", type);
	pack_fd(pack, "fd", &fd);
	pack_bytes(pack, "bytes", &bytes, &size);
	part = (struct iovec){.iov_base = bytes, .iov_len = size};
	packet = packet_new(type, &part, 1);
	if (packet)
		packet->fd = fd;
	free(bytes);
	return packet;
}

static void
queue_write(struct pack *pack, const char *name, const struct outbox_queue *queue)
{
	const struct outbox_item *waiting;

	STAILQ_FOREACH(waiting, queue, next) {
		struct pack item = pack_add(pack, name);

		packet_write(&item, waiting->packet);
	}
}

static int
queue_read(struct pack *pack, const char *name, struct outbox *outbox, bool control)
{
	int error = 0;

	for (size_t i = 0; !error && i < pack_count(pack, name); i++) {
		struct pack item = pack_at(pack, name, i);
		struct packet *packet = packet_read(&item);

		error = packet ? outbox_queue(outbox, packet, control) : -ENOMEM;
		packet_unref(packet);
	}
	return error;
}

/* children ----------------------------------------------------------------------------------- */

static void
standstill_fields(struct pack *pack, struct standstill *still)
{
	pack_number(pack, "mark", still->mark);
	pack_number(pack, "before_ns", still->before_ns);
	pack_number(pack, "seen_ns", still->seen_ns);
	pack_number(pack, "waited_ns", still->waited_ns);
}

/* A worker that is blocked is no less so for what the master does meanwhile. */
static void
hang_fields(struct pack *pack, struct hang *hang)
{
	struct pack call = pack_object(pack, "call"), loop = pack_object(pack, "loop");

	pack_number(pack, "stage", hang->stage);
	pack_number(pack, "by_call", hang->by_call);
	pack_number(pack, "is_stopped", hang->stopped);
	pack_number(pack, "since_ns", hang->since_ns);
	pack_number(pack, "aborted_ns", hang->aborted_ns);
	pack_text(pack, "blamed", &hang->blamed);
	standstill_fields(&call, &hang->call);
	standstill_fields(&loop, &hang->loop);
}

/* Those that are the same in both directions. */
static void
child_fields(struct pack *pack, struct child *child)
{
	struct pack hang = pack_object(pack, "hang");

	pack_number(pack, "state", child->state);
	pack_number(pack, "pid", child->pid);
	pack_number(pack, "slot", child->slot);
	pack_number(pack, "started_ns", child->started_ns);
	pack_fd(pack, "link", &child->link);
	pack_text(pack, "refusal", &child->refusal);
	pack_number(pack, "was_ready", child->was_ready);
	pack_number(pack, "stopped", child->stopped);
	pack_number(pack, "leaving", child->leaving);
	pack_number(pack, "reopens", child->reopens);
	pack_number(pack, "reopened", child->reopened);
	pack_number(pack, "lost", child->outbox.lost);
	pack_number(pack, "traced", child->backtrace.asked);
	pack_number(pack, "trace_logs", child->backtrace.logs);
	hang_fields(&hang, &child->hang);
}

static void
uses_write(const struct handover *handover, struct pack *pack, const struct child *child)
{
	const struct shared_use *use;

	LIST_FOREACH(use, &child->shared, entry) {
		struct pack item = pack_add(pack, "shared");
		size_t i = 0;
		uint32_t id = use->id;

		while (handover->shared[i] != use->shared)
			i++;
		pack_number(&item, "shared", i);
		pack_number(&item, "id", id);
	}
}

static int
uses_read(const struct handover *handover, struct pack *pack, struct child *child)
{
	int error = 0;

	for (size_t n = pack_count(pack, "shared"); !error && n > 0; n--) {
		struct pack item = pack_at(pack, "shared", n - 1);
		size_t i = SIZE_MAX;
		uint32_t id = 0;

		pack_number(&item, "shared", i);
		pack_number(&item, "id", id);
		error = i < handover->nshared ? shared_hold(handover->shared[i], &child->shared, id)
					      : -EPROTO;
	}
	return error;
}

static void
child_write(const struct handover *handover, struct pack *pack, struct child *child)
{
	const struct seat *seat = &child->generation->seats[child->worker];
	enum seat_part part = seat->child == child	? SEAT_CHILD
			      : seat->outgoing == child ? SEAT_OUTGOING
							: SEAT_NONE;
	int deadline_ms = timer_left_ms(child->deadline);
	int trace_ms = timer_left_ms(child->backtrace.late);
	char *killed_for = (char *)(uintptr_t)child->killed_for;

	pack_number(pack, "worker", child->worker);
	pack_number(pack, "seat", part);
	child_fields(pack, child);
	pack_number(pack, "deadline_ms", deadline_ms);
	pack_number(pack, "trace_ms", trace_ms);
	pack_text(pack, "killed_for", &killed_for);
	uses_write(handover, pack, child);
	queue_write(pack, "control", &child->outbox.control);
	queue_write(pack, "messages", &child->outbox.messages);
}

static int
child_read(const struct handover *handover, struct pack *pack, struct generation *generation)
{
	struct child *child;
	unsigned worker = UINT_MAX;
	enum seat_part part = SEAT_NONE;
	int deadline_ms = -1, trace_ms = -1, error;

	pack_number(pack, "worker", worker);
	pack_number(pack, "seat", part);
	if (worker >= CONF_WORKERS_MAX)
		return -EPROTO;
	child = child_new(generation, worker);
	if (!child)
		return -ENOMEM;
	TAILQ_INSERT_TAIL(&generation->children, child, entry);
	if (part == SEAT_CHILD)
		generation->seats[worker].child = child;
	else if (part == SEAT_OUTGOING)
		generation->seats[worker].outgoing = child;
	child_fields(pack, child);
	pack_number(pack, "deadline_ms", deadline_ms);
	pack_number(pack, "trace_ms", trace_ms);
	pack_text(pack, "killed_for", &child->killed_copy);
	child->killed_for = child->killed_copy;
	error = slots_occupy(&generation->master->slots, child->slot);
	if (!error)
		error = uses_read(handover, pack, child);
	if (!error)
		error = queue_read(pack, "control", &child->outbox, true);
	if (!error)
		error = queue_read(pack, "messages", &child->outbox, false);
	if (!error)
		error = child_resume(child, deadline_ms);
	return error ? error : backtrace_resume(child, trace_ms);
}

/* seats -------------------------------------------------------------------------------------- */

static void
seat_write(struct pack *pack, struct seat *seat)
{
	int refill_ms = timer_left_ms(seat->refill);

	pack_number(pack, "deaths", seat->backoff.deaths);
	pack_number(pack, "kills", seat->kills);
	pack_number(pack, "refused", seat->refused);
	pack_number(pack, "refill_ms", refill_ms);
}

static void
seat_read(struct pack *pack, struct seat *seat)
{
	int refill_ms = -1;

	pack_number(pack, "deaths", seat->backoff.deaths);
	pack_number(pack, "kills", seat->kills);
	pack_number(pack, "refused", seat->refused);
	pack_number(pack, "refill_ms", refill_ms);
	if (refill_ms >= 0)
		seat_refill_in(seat, (unsigned)refill_ms);
}

/* all of a generation's ---------------------------------------------------------------------- */

void
handover_workers_write(struct handover *handover, struct pack *pack, struct generation *generation)
{
	struct child *child;

	for (unsigned i = 0; i < generation->nseats; i++) {
		struct pack item = pack_add(pack, "seats");

		seat_write(&item, &generation->seats[i]);
	}
	TAILQ_FOREACH(child, &generation->children, entry) {
		struct pack item = pack_add(pack, "children");

		child_write(handover, &item, child);
	}
}

int
handover_workers_read(struct handover *handover, struct pack *pack, struct generation *generation)
{
	size_t nseats = pack_count(pack, "seats");
	int error = 0;

	if (nseats > CONF_WORKERS_MAX)
		return -EPROTO;
	generation->nseats = (unsigned)nseats;
	for (size_t i = 0; i < nseats; i++) {
		struct pack item = pack_at(pack, "seats", i);

		seat_read(&item, &generation->seats[i]);
	}
	for (size_t i = 0; !error && i < pack_count(pack, "children"); i++) {
		struct pack item = pack_at(pack, "children", i);

		error = child_read(handover, &item, generation);
	}
	return error;
}
