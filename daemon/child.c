/*
 * One worker process, as the master sees it.
 *
 * What comes over the link, message.c looks at: a message that is not in order ends that worker, and
 * touches nothing else.
 */
#include "daemon/child.h"
#include "daemon/blame.h"
#include "daemon/clock.h"
#include "daemon/generation.h"
#include "daemon/master.h"
#include "daemon/message.h"

#include <event2/event.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define READS_PER_TURN 64 /* so that one talkative worker does not keep the loop from the others */
#define SIGNALS_WAITING_MAX 64 /* messages, where no further signal is added */
#define LINK_CLOSED_MS 1000    /* from the end of its link to its death, without help */

static void
deadline_set(struct child *child, unsigned ms)
{
	struct timeval tv = {.tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000};

	event_add(child->deadline, &tv);
}

static void
link_close(struct child *child)
{
	if (child->link < 0)
		return;
	if (child->readable)
		event_free(child->readable);
	if (child->writable)
		event_free(child->writable);
	child->readable = child->writable = NULL;
	outbox_fini(&child->outbox);
	close(child->link);
	child->link = -1;
}

static void
child_end(struct child *child, int signo, const char *reason)
{
	if (child->reaped || child->killed_for)
		return;
	child->killed_for = reason;
	if (kill(child->pid, signo) < 0)
		log_error(&child->master->log, "cannot kill worker %u (pid %d): %s", child->worker,
			  (int)child->pid, strerror(errno));
}

void
child_kill(struct child *child, const char *reason)
{
	/* One that was told to abort may go on for HANG_ABORT_MS: now it may not. */
	if (!child->reaped && child->hang.stage == HANG_ABORTED) {
		child->hang.stage = HANG_KILLED;
		kill(child->pid, SIGKILL);
	}
	child_end(child, SIGKILL, reason);
}

void
child_abort(struct child *child, const char *reason)
{
	child_end(child, SIGABRT, reason);
}

/* the link ----------------------------------------------------------------------------------- */

static void
link_broken(struct child *child, const struct contract_message *message, const char *what)
{
	if (what)
		log_error(&child->master->log, "worker %u (pid %d) sent %s on its link: killing it",
			  child->worker, (int)child->pid, what);
	else
		log_error(&child->master->log,
			  "worker %u (pid %d) speaks version %u of the contract, this eddyd %u: "
			  "killing "
			  "it; %s and eddyd must be of the same build",
			  child->worker, (int)child->pid, message->type, CONTRACT_VERSION,
			  child->master->options->worker);
	link_close(child);
	child_kill(child, "it broke the contract on its link");
}

/* Reads up to `most` messages. True: there may be more. */
static bool
link_read(struct child *child, unsigned most)
{
	struct contract_message *message = &child->master->message;

	for (unsigned i = 0; i < most && child->link >= 0; i++) {
		int got = contract_recv(child->link, message);

		if (got == -EAGAIN)
			return false;
		if (got == -EPROTO) {
			link_broken(child, message, message->type ? NULL : "what is no message");
		} else if (got <= 0) {
			link_close(child);
			if (!child->reaped)
				deadline_set(child, LINK_CLOSED_MS);
		} else if (!message_take(child, message)) {
			link_broken(child, message, "a message that is not in order");
		}
	}
	return child->link >= 0;
}

static void
on_readable(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	link_read(arg, READS_PER_TURN);
}

/*
 * After each sending. A worker that is gone has left its last words behind: they are still read, up
 * to the end of the link.
 */
static void
link_sent(struct child *child, int error)
{
	if (error == -EPIPE)
		outbox_fini(&child->outbox);
	else if (error)
		link_close(child);
	else if (outbox_waits(&child->outbox))
		event_add(child->writable, NULL);
}

static void
on_writable(evutil_socket_t fd, short what, void *arg)
{
	struct child *child = arg;

	(void)fd;
	(void)what;
	link_sent(child, outbox_flush(&child->outbox));
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct child *child = arg;

	(void)fd;
	(void)what;
	if (child->link < 0)
		child_kill(child, "it had closed its link to the master");
	else if (child->state == CHILD_INIT)
		child_kill(child, "it was not ready within 10 s");
	else
		child_kill(child, "it had not drained within drain_timeout");
}

/* start -------------------------------------------------------------------------------------- */

static int
hello_send(const struct child *child, int link)
{
	const struct generation *generation = child->generation;
	const char *modules = child->master->options->modules;
	struct contract_hello hello = {
		.slot = (uint32_t)child->slot,
		.slots = SLOTS_MAX,
		.worker = child->worker,
		.workers = generation->nseats,
		.generation = generation->number,
		.check = generation->check,
		.flags = generation->log_fd >= 0 ? CONTRACT_HELLO_LOG : 0,
	};
	struct iovec parts[] = {
		{&hello, sizeof(hello)},
		{(void *)modules, strlen(modules)},
	};
	int fds[CONTRACT_FDS_MAX] = {generation->snapshot, child->master->slots.fd,
				     generation->quarantine.fd};
	size_t nfds = 3;

	if (generation->log_fd >= 0)
		fds[nfds++] = generation->log_fd;
	for (size_t i = 0; i < generation->listeners.count; i++) {
		const struct listener *listener = generation->listeners.list[i];

		hello.sockets[i] = (uint16_t)(1 + listener->nmore);
		fds[nfds++] = listener->fd;
		for (size_t k = 0; k < listener->nmore; k++)
			fds[nfds++] = listener->more[k];
	}
	return contract_send(link, CONTRACT_HELLO, parts, 2, fds, nfds);
}

static int
events_add(struct child *child)
{
	struct event_base *base = child->master->base;

	child->readable = event_new(base, child->link, EV_READ | EV_PERSIST, on_readable, child);
	child->writable = event_new(base, child->link, EV_WRITE, on_writable, child);
	child->deadline = evtimer_new(base, on_deadline, child);
	if (!child->readable || !child->writable || !child->deadline)
		return -ENOMEM;
	return event_add(child->readable, NULL) < 0 ? -ENOMEM : 0;
}

/*
 * HELLO waits in the socket for the worker to read it; so nothing of this ever waits for the
 * worker.
 */
static int
process_start(struct child *child, char *why, size_t size)
{
	int ends[2], error;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) < 0) {
		error = -errno;
		snprintf(why, size, "cannot make its link: %s", strerror(errno));
		return error;
	}
	child->link = ends[0];
	outbox_init(&child->outbox, child->link);
	error = events_add(child);
	if (error)
		snprintf(why, size, "no memory for its events");
	if (!error && (error = hello_send(child, child->link)) < 0)
		snprintf(why, size, "cannot send its first message: %s", strerror(-error));
	if (!error) {
		child->pid = spawner_start(&child->master->spawner, ends[1],
					   &child->generation->identity);
		error = child->pid < 0 ? (int)child->pid : 0;
		if (error)
			snprintf(why, size, "cannot fork: %s", strerror(-error));
	}
	close(ends[1]);
	return error;
}

struct child *
child_new(struct generation *generation, unsigned worker)
{
	struct child *child = calloc(1, sizeof(*child));

	if (!child)
		return NULL;
	child->master = generation->master;
	child->generation = generation;
	child->worker = worker;
	child->link = -1;
	outbox_init(&child->outbox, -1);
	LIST_INIT(&child->shared);
	child->started_ns = clock_now_ns();
	return child;
}

int
child_resume(struct child *child, int deadline_ms)
{
	child->outbox.link = child->link;
	if (child->link >= 0 && events_add(child) < 0)
		return -ENOMEM;
	if (!child->deadline)
		child->deadline = evtimer_new(child->master->base, on_deadline, child);
	if (!child->deadline)
		return -ENOMEM;
	if (deadline_ms >= 0)
		deadline_set(child, (unsigned)deadline_ms);
	if (child->link >= 0 && outbox_waits(&child->outbox))
		event_add(child->writable, NULL);
	return 0;
}

struct child *
child_start(struct generation *generation, unsigned worker, char *why, size_t size)
{
	struct slots *slots = &generation->master->slots;
	struct child *child = child_new(generation, worker);
	int slot;

	if (!child) {
		snprintf(why, size, "no memory");
		return NULL;
	}
	slot = slots_take(slots, worker, generation->number, child->started_ns);
	if (slot < 0) {
		snprintf(why, size, "all %zu slots are taken: old workers have not ended yet",
			 SLOTS_MAX);
		free(child);
		return NULL;
	}
	child->slot = (size_t)slot;
	if (process_start(child, why, size) < 0) {
		slots_release(slots, child->slot);
		child_free(child);
		return NULL;
	}
	slot_set(slots_get(slots, child->slot)->pid, (uint32_t)child->pid);
	deadline_set(child, CHILD_READY_MS);
	return child;
}

/* life --------------------------------------------------------------------------------------- */

void
child_control(struct child *child, struct packet *packet)
{
	if (child->link >= 0)
		link_sent(child, packet ? outbox_control(&child->outbox, packet) : -ENOMEM);
	packet_unref(packet);
}

void
child_accept(struct child *child)
{
	child->state = CHILD_ACCEPTING;
	child_control(child, packet_new(CONTRACT_ACCEPT, NULL, 0));
}

void
child_drain(struct child *child)
{
	child->state = CHILD_DRAINING;
	child_control(child, packet_new(CONTRACT_DRAIN, NULL, 0));
}

void
child_leave(struct child *child)
{
	child->leaving = true;
	if (child->state == CHILD_INIT) {
		child_kill(child, "it is not needed any more, and it was not ready yet");
		return;
	}
	if (!child->stopped)
		child_drain(child);
	if (child->link >= 0 && child->generation->conf->drain_timeout_ms)
		deadline_set(child,
			     child->generation->conf->drain_timeout_ms + GENERATION_DRAIN_GRACE_MS);
}

void
child_hurry(struct child *child)
{
	child_control(child, packet_new(CONTRACT_HURRY, NULL, 0));
}

/* Of many that wait, as the kernel does with signals: some are lost to who does not look at them. */
void
child_signal(struct child *child, int signo)
{
	struct contract_signal signal = {.signal = (uint32_t)signo};
	struct iovec part = {&signal, sizeof(signal)};

	if (child->link >= 0 && child->outbox.ncontrol < SIGNALS_WAITING_MAX)
		child_control(child, packet_new(CONTRACT_SIGNAL, &part, 1));
}

void
child_reopen(struct child *child, int fd)
{
	struct packet *packet;
	int error = -ENOMEM;

	if (child->link < 0)
		return;
	packet = packet_new(CONTRACT_REOPEN, NULL, 0);
	if (packet)
		packet->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	if (packet && packet->fd >= 0)
		error = outbox_control(&child->outbox, packet);
	else if (packet)
		error = -errno;
	packet_unref(packet);
	if (error == -ENOMEM || error == -EMFILE)
		log_error(&child->master->log,
			  "worker %u (pid %d) keeps its old log file: %s; reopen again",
			  child->worker, (int)child->pid, strerror(-error));
	else
		link_sent(child, error);
	if (!error)
		child->reopens++;
}

void
child_publish(struct child *child, struct packet *packet)
{
	if (child->link >= 0)
		link_sent(child, outbox_publish(&child->outbox, packet));
}

void
child_about(const struct child *child, struct log_about *about)
{
	*about = (struct log_about){
		.worker = child->worker,
		.generation = child->generation->number,
		.pid = child->pid,
	};
	blame_names(slots_get(&child->master->slots, child->slot), child->generation->conf,
		    &about->module, &about->route);
	about->module_size = about->module ? strlen(about->module) : 0;
}

uint64_t
child_age_ms(const struct child *child)
{
	return (clock_now_ns() - child->started_ns) / NS_PER_MS;
}

/* death -------------------------------------------------------------------------------------- */

static void
end_describe(const struct child *child, int status, char *how, size_t size)
{
	const char *name;

	if (child->killed_for) {
		snprintf(how, size, "was killed: %s", child->killed_for);
	} else if (WIFSIGNALED(status)) {
		name = sigabbrev_np(WTERMSIG(status));
		snprintf(how, size, "was killed by SIG%s (%s%s)", name ? name : "?",
			 strsignal(WTERMSIG(status)), WCOREDUMP(status) ? ", core dumped" : "");
	} else {
		snprintf(how, size, "exited with code %d", WEXITSTATUS(status));
	}
}

void
child_reap(struct child *child, int status, char *how, size_t size)
{
	struct slots *slots = &child->master->slots;
	size_t used;

	child->reaped = true;
	/* Its last words may still be in the link. It is dead, so there is an end to them. */
	while (link_read(child, READS_PER_TURN))
		;
	child->state = CHILD_DEAD;
	backtrace_end(child);
	shared_drop_all(&child->master->shared, &child->shared);
	child->died_in = slot_get(slots_get(slots, child->slot)->callback);
	end_describe(child, status, how, size);
	used = strlen(how);
	blame_format(slots_get(slots, child->slot), child->generation->conf, clock_now_ns(),
		     how + used, size - used);
	quarantine_death(child, status, clock_now_ns());
	slots_release(slots, child->slot);
}

void
child_free(struct child *child)
{
	link_close(child);
	shared_drop_all(&child->master->shared, &child->shared);
	if (child->deadline)
		event_free(child->deadline);
	backtrace_end(child);
	hang_fini(&child->hang);
	free(child->refusal);
	free(child->killed_copy);
	free(child);
}
