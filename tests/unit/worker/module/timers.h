/*
 * A worker for the tests of timers: it has a loop and nothing else, and notes what runs, in which order,
 * in which turn of the loop. Its clock and its timerfd are made here (the linker puts them in place
 * of the C library's), so that time passes when a test says so.
 */
#ifndef EDDY_TESTS_TIMERS_H
#define EDDY_TESTS_TIMERS_H

#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/worker/suite.h"
#include "worker.h"

static struct worker worker;
static struct slot slot;
static char name[] = "test";
static struct conf_module conf = {.name = name};
static struct eddy_module module = {.conf = &conf};
static struct event io_event;

static eddy_timer *victim; /* whom the callbacks of a test clear or refresh */

/* What has run, a letter each; `|` is the start of a turn of the loop, in its first event. */
static char ran[256];

static void
note(char letter)
{
	size_t n = strlen(ran);

	ck_assert_uint_lt(n + 1, sizeof(ran));
	ran[n] = letter;
	ran[n + 1] = '\0';
}

#define MS 1000000ull

static uint64_t clock_ns = 5000 * MS + 300000; /* in the middle of a millisecond */
static uint64_t armed_ns = UINT64_MAX;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_timerfd_settime(int fd, int flags, const struct itimerspec *due, struct itimerspec *old);

int
__wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock;
	*now = (struct timespec){.tv_sec = (time_t)(clock_ns / 1000000000),
				 .tv_nsec = (long)(clock_ns % 1000000000)};
	return 0;
}

int
__wrap_timerfd_settime(int fd, int flags, const struct itimerspec *due, struct itimerspec *old)
{
	ck_assert_int_eq(fd, worker.timers.fd);
	ck_assert_int_eq(flags, TFD_TIMER_ABSTIME);
	ck_assert_ptr_null(old);
	armed_ns = (uint64_t)due->it_value.tv_sec * 1000000000 + (uint64_t)due->it_value.tv_nsec;
	return 0;
}

/* A callback takes its time. */
static void
burn(unsigned ms)
{
	clock_ns += ms * MS;
}

/* What epoll would see. If nothing else is to be done, time passes until the timerfd wakes. */
static void
clock_look(bool idle)
{
	if (idle && TAILQ_EMPTY(&worker.timers.immediates) && armed_ns != UINT64_MAX &&
	    armed_ns > clock_ns)
		clock_ns = armed_ns;
	if (armed_ns > clock_ns)
		return;
	armed_ns = UINT64_MAX;
	event_active(&worker.timers.due_event, EV_READ, 1);
}

static void
flush(void *arg)
{
	(void)arg;
	timers_arm(&worker.timers);
}

static void (*io_then)(void); /* what the first event does, once */

static void
io(evutil_socket_t fd, short what, void *arg)
{
	void (*then)(void) = io_then;

	(void)fd;
	(void)what;
	(void)arg;
	loop_enter(&worker.loop);
	call_begin(&worker.calls, &module, SLOT_DATA, 0);
	note('|');
	io_then = NULL;
	if (then != NULL)
		then();
	call_end(&worker.calls);
	loop_leave(&worker.loop);
}

/* A worker with one descriptor that is always readable, as a busy connection is. */
static void
setup(void)
{
	int fd = eventfd(1, EFD_CLOEXEC);

	worker_self = &worker;
	worker.link = -1;
	worker.slot = &slot;
	worker.calls = (struct calls){.slot = &slot, .loop = &worker.loop};
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(loop_init(&worker.loop, flush, NULL), 0);
	ck_assert_int_eq(timers_init(&worker), 0);
	event_assign(&io_event, worker.loop.base, fd, EV_READ | EV_PERSIST, io, NULL);
	event_add(&io_event, NULL);
}

static void
teardown(void)
{
	event_del(&io_event);
	close(event_get_fd(&io_event));
	timers_fini(&worker);
	loop_fini(&worker.loop);
}

/* Runs turns until n of something have run; the turns without any are left out of `ran`. */
static void
run(size_t n)
{
	bool idle = false;

	for (size_t had = 0; had < n;) {
		size_t len = strlen(ran), more;

		clock_look(idle);
		event_base_loop(worker.loop.base, EVLOOP_ONCE);
		ck_assert_int_eq(ran[len], '|');
		more = strlen(ran) - len - 1;
		if (more == 0)
			ran[len] = '\0';
		had += more;
		idle = more == 0;
	}
}

/* Does this in an event of a socket, and runs turns until n letters have been noted. */
static void
turn(void (*then)(void), size_t n)
{
	io_then = then;
	run(n);
}

static void
note_arg(void *arg)
{
	note(*(const char *)arg);
}

#define LETTER(letter) ((void *)(uintptr_t) & (letter)[0])

static inline void
note_timeout(const char *letter, unsigned ms)
{
	ck_assert_ptr_nonnull(eddy_set_timeout(note_arg, ms, LETTER(letter)));
}

static inline void
note_immediate(const char *letter)
{
	ck_assert_ptr_nonnull(eddy_set_immediate(note_arg, LETTER(letter)));
}

static inline void
note_tick(const char *letter)
{
	ck_assert_int_eq(eddy_next_tick(note_arg, LETTER(letter)), 0);
}

#endif
