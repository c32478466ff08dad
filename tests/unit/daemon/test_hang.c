/*
 * When the master calls a worker blocked: what it has seen itself, by a clock that the test sets.
 * The worker is a process that waits to be killed; its slot is written by the test.
 */
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/generation.h"
#include "daemon/hang.h"
#include "daemon/master.h"
#include "tests/unit/suite.h"

#define MS 1000000ull
#define START (1000000 * MS)

static struct master master;
static struct generation generation;
static struct child child;
static struct conf conf;
static struct conf_module modules[] = {{.name = (char *)"chat"}};
static struct conf_route routes[] = {{.path = (char *)"/poll"}};
static struct slot *slot;
static uint64_t now;
static char said[4096];

static void
setup(void)
{
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	log_init(&master.log, ends[1]);
	master.base = event_base_new();
	TAILQ_INIT(&master.generations);
	control_init(&master.control, &master);
	ck_assert_int_eq(slots_init(&master.slots), 0);
	conf = (struct conf){.modules = modules,
			     .nmodules = 1,
			     .routes = routes,
			     .nroutes = 1,
			     .hang_timeout_ms = 30000};
	generation = (struct generation){.master = &master, .number = 7, .conf = &conf};
	TAILQ_INIT(&generation.children);
	TAILQ_INSERT_HEAD(&master.generations, &generation, entry);
	child = (struct child){.master = &master, .generation = &generation, .link = ends[0]};
	child.pid = fork();
	ck_assert_int_ge(child.pid, 0);
	if (child.pid == 0) {
		signal(SIGABRT, SIG_IGN);
		for (;;)
			pause();
	}
	TAILQ_INSERT_HEAD(&generation.children, &child, entry);
	slot = slots_get(&master.slots, 0);
	now = START;
	slot_set(slot->heartbeat_ns, now);
	hang_watch_look(&master, now);
}

static void
teardown(void)
{
	kill(child.pid, SIGKILL);
	waitpid(child.pid, NULL, 0);
	hang_fini(&child.hang);
	slots_fini(&master.slots);
	event_base_free(master.base);
}

/* The log since the last look at it. */
static const char *
log_text(void)
{
	ssize_t n = read(child.link, said, sizeof(said) - 1);

	said[n > 0 ? n : 0] = '\0';
	return said;
}

static void
said_is(const char *words)
{
	ck_assert_msg(strstr(log_text(), words) != NULL, "no \"%s\" in \"%s\"", words, said);
}

static void
said_nothing(void)
{
	ck_assert_str_eq(log_text(), "");
}

static void
call_begin(enum slot_callback kind)
{
	slot_set(slot->module, 1);
	slot_set(slot->route, kind == SLOT_REQUEST);
	slot_set(slot->since_ns, now);
	slot_add(slot->calls, 1);
	slot_set(slot->callback, (uint32_t)kind);
}

static void
call_end(void)
{
	slot_set(slot->callback, SLOT_IDLE);
}

static unsigned
look_after(unsigned ms, bool ticks)
{
	now += ms * MS;
	if (ticks)
		slot_set(slot->heartbeat_ns, now);
	return hang_watch_look(&master, now);
}

/* Until so many milliseconds have passed. */
static void
look_for(unsigned ms, bool ticks)
{
	unsigned wait = HANG_LOOK_MS;

	for (unsigned past = 0; past < ms; past += wait)
		wait = look_after(wait, ticks);
}

START_TEST(a_call_is_named_within_half_a_second_whenever_it_begins)
{
	unsigned wait;
	uint64_t began;

	wait = look_after(HANG_LOOK_MS, true);
	began = now; /* just after a look */
	call_begin(SLOT_REQUEST);
	wait = look_after(wait, true);
	said_nothing();
	wait = look_after(wait, false);
	said_is("worker 0 (pid ");
	ck_assert_ptr_nonnull(strstr(said, "generation 7) is blocked for 0.5 s in module \"chat\" "
					   "(request callback, route \"/poll\")"));
	ck_assert_uint_le(now - began, 500 * MS);
	look_after(wait, false);
	said_nothing(); /* once is enough */
}
END_TEST

START_TEST(calls_that_come_back_are_not_blocked)
{
	for (int i = 0; i < 10; i++) {
		call_begin(SLOT_REQUEST);
		look_after(HANG_LOOK_MS, true);
		if (i % 2)
			call_end();
	}
	said_nothing();
}
END_TEST

START_TEST(the_end_of_a_slow_call_is_told_with_how_long_it_took)
{
	call_begin(SLOT_TIMER);
	look_after(250, true);
	look_after(205, false);
	said_is("(timer callback)");
	call_end();
	now += 100 * MS;
	slot_set(slot->heartbeat_ns, now); /* the tick that was due */
	look_after(100, false);
	said_is("goes on: it was blocked for 0.6 s in module \"chat\" (timer callback)");
}
END_TEST

START_TEST(a_call_that_does_not_end_is_aborted_and_then_killed)
{
	int status;

	conf.hang_timeout_ms = 3000;
	call_begin(SLOT_REQUEST);
	look_for(1400, false);
	said_is("is blocked for 0.5 s");
	look_for(400, false);
	said_is("is blocked for 2.0 s"); /* half of hang_timeout: for the backtrace */
	look_for(1500, false);
	said_is("which is longer than hang_timeout: ending it");
	ck_assert(hang_is_over(&child.hang));
	ck_assert_str_eq(child.killed_for, "it was blocked for longer than hang_timeout");
	look_for(4000, false);
	said_nothing();
	look_for(1500, false);
	said_is("has not ended of SIGABRT within 5 s: killing it");
	ck_assert_int_eq(waitpid(child.pid, &status, 0), child.pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}
END_TEST

START_TEST(with_no_hang_timeout_nothing_is_ended)
{
	conf.hang_timeout_ms = 0;
	call_begin(SLOT_REQUEST);
	look_for(300000, false);
	ck_assert(!hang_is_over(&child.hang));
	ck_assert_ptr_null(child.killed_for);
}
END_TEST

START_TEST(a_loop_that_does_not_turn_is_blocked_though_its_calls_come_back)
{
	for (int i = 0; i < 12; i++) {
		call_begin(SLOT_PIPELINE);
		look_after(HANG_LOOK_MS, false);
		call_end();
	}
	said_is("its loop does not turn, and the last call went to module \"chat\"");
}
END_TEST

START_TEST(what_the_master_has_slept_through_counts_for_nothing)
{
	call_begin(SLOT_REQUEST);
	look_after(HANG_LOOK_MS, true);
	look_after(5000, false);
	said_nothing();
	look_after(150, false);
	said_nothing();
	look_after(100, false);
	said_is("is blocked for 0."); /* counted from when the master was back */
}
END_TEST

START_TEST(a_worker_that_somebody_has_stopped_is_left_alone)
{
	int status;

	conf.hang_timeout_ms = 1000;
	call_begin(SLOT_REQUEST);
	kill(child.pid, SIGSTOP);
	waitpid(child.pid, &status, WUNTRACED);
	look_for(60000, false);
	said_is("is stopped (SIGSTOP, or a debugger holds it)");
	ck_assert_ptr_null(strstr(strchr(said, '\n') + 1, "\n"));
	ck_assert_ptr_null(strstr(said, "blocked"));
	kill(child.pid, SIGCONT);
	waitpid(child.pid, &status, WCONTINUED);
	look_for(1300, false);
	said_is("is blocked for");
}
END_TEST

START_TEST(a_load_may_take_its_time)
{
	slot_set(slot->heartbeat_ns, 0);
	call_begin(SLOT_LOAD);
	look_for(4500, false);
	said_nothing();
	look_for(1000, false);
	said_is("(load callback)");
	look_for(60000, false);
	ck_assert(!hang_is_over(&child.hang)); /* for that it has a time of its own */
}
END_TEST

START_TEST(a_slot_gone_wild_does_no_harm)
{
	conf.hang_timeout_ms = 0;
	memset((void *)slot, 0xff, SLOT_SIZE);
	look_for(3000, false);
	slot_set(slot->callback, SLOT_REQUEST);
	slot_set(slot->heartbeat_ns, UINT64_MAX - 1);
	look_for(3000, false);
	ck_assert_ptr_null(child.killed_for);
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_call_is_named_within_half_a_second_whenever_it_begins);
	tcase_add_test(tcase, calls_that_come_back_are_not_blocked);
	tcase_add_test(tcase, the_end_of_a_slow_call_is_told_with_how_long_it_took);
	tcase_add_test(tcase, a_call_that_does_not_end_is_aborted_and_then_killed);
	tcase_add_test(tcase, with_no_hang_timeout_nothing_is_ended);
	tcase_add_test(tcase, a_loop_that_does_not_turn_is_blocked_though_its_calls_come_back);
	tcase_add_test(tcase, what_the_master_has_slept_through_counts_for_nothing);
	tcase_add_test(tcase, a_worker_that_somebody_has_stopped_is_left_alone);
	tcase_add_test(tcase, a_load_may_take_its_time);
	tcase_add_test(tcase, a_slot_gone_wild_does_no_harm);
}

int
main(void)
{
	return suite_run("hang", add);
}
