/*
 * Which deaths shut a route, for how long, and what opens it again: by a clock that the test sets.
 * The worker is a slot and a child; nothing is killed.
 */
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "daemon/generation.h"
#include "daemon/master.h"
#include "daemon/quarantine.h"
#include "tests/unit/suite.h"

#define MS 1000000ull
#define SECOND (1000 * MS)
#define START (1000000 * MS)
#define EXITED(code) ((code) << 8) /* wait statuses */
#define KILLED(signo) (signo)

static struct master master;
static struct generation generation;
static struct child child;
static struct conf conf;
static struct conf_module modules[] = {{.name = (char *)"chat"}, {.name = (char *)"chat/x"}};
static struct conf_route routes[] = {
	{.path = (char *)"/poll", .module = 0},
	{.path = (char *)"/say", .module = 0},
	{.path = (char *)"*", .module = 1},
};
static struct quarantine *quarantine;
static struct quarantine_board worker; /* as a worker has it */
static uint64_t now;

static void
setup(void)
{
	log_init(&master.log, open("/dev/null", O_WRONLY | O_CLOEXEC));
	master.base = event_base_new();
	TAILQ_INIT(&master.generations);
	ck_assert_int_eq(slots_init(&master.slots), 0);
	conf = (struct conf){.modules = modules,
			     .nmodules = 2,
			     .routes = routes,
			     .nroutes = 3,
			     .quarantine_ms = 60000};
	generation = (struct generation){.master = &master, .number = 1, .conf = &conf};
	TAILQ_INIT(&generation.children);
	TAILQ_INSERT_HEAD(&master.generations, &generation, entry);
	child = (struct child){.master = &master, .generation = &generation, .slot = 4};
	TAILQ_INSERT_HEAD(&generation.children, &child, entry);
	quarantine = &generation.quarantine;
	ck_assert_int_eq(quarantine_init(quarantine, &generation, -1), 0);
	ck_assert_int_eq(quarantine_map(&worker, quarantine->fd, quarantine_places(&conf), false),
			 0);
	now = START;
}

static void
teardown(void)
{
	quarantine_unmap(&worker);
	quarantine_fini(quarantine);
	slots_fini(&master.slots);
	event_base_free(master.base);
	close(master.log.fd);
}

/* The worker dies in a call of this kind, of this route. */
static void
die_in(enum slot_callback kind, uint32_t route, int status)
{
	struct slot *slot = slots_get(&master.slots, child.slot);

	slot_set(slot->callback, (uint32_t)kind);
	slot_set(slot->module, 1);
	slot_set(slot->route, route);
	quarantine_death(&child, status, now);
}

static void
die(void)
{
	die_in(SLOT_REQUEST, 1, KILLED(SIGSEGV));
}

static void
shut(void)
{
	die();
	die();
	die();
}

static void
look_after(uint64_t ns)
{
	now += ns;
	quarantine_look(quarantine, now);
}

static uint32_t
state(size_t route)
{
	return slot_get(worker.words[route].state);
}

static uint32_t
length_s(size_t route)
{
	return slot_get(worker.words[route].length_ms) / 1000;
}

START_TEST(three_deaths_within_a_minute_shut_a_route_and_no_other)
{
	die();
	now += 29 * SECOND;
	die();
	now += 30 * SECOND;
	ck_assert_uint_eq(state(0), QUARANTINE_NONE);
	die();
	ck_assert_uint_eq(state(0), QUARANTINE_SHUT);
	ck_assert_uint_eq(slot_get(worker.words[0].until_ns), now + 60 * SECOND);
	ck_assert_uint_eq(state(1), QUARANTINE_NONE);
}
END_TEST

START_TEST(deaths_that_are_further_apart_do_not)
{
	for (int i = 0; i < 20; i++) {
		die();
		now += 31 * SECOND;
	}
	ck_assert_uint_eq(state(0), QUARANTINE_NONE);
}
END_TEST

START_TEST(any_call_for_a_route_counts_and_any_way_to_die)
{
	die_in(SLOT_DATA, 2, KILLED(SIGABRT));
	die_in(SLOT_RESPONSE, 2, EXITED(3));
	ck_assert_uint_eq(state(1), QUARANTINE_NONE);
	die_in(SLOT_REQUEST, 2, EXITED(0));
	ck_assert_uint_eq(state(1), QUARANTINE_SHUT);
}
END_TEST

START_TEST(deaths_outside_of_a_routes_calls_do_not_count)
{
	for (int i = 0; i < 9; i++) {
		die_in(SLOT_TIMER, 0, KILLED(SIGSEGV));
		die_in(SLOT_IDLE, 1, KILLED(SIGSEGV));
		die_in(SLOT_REQUEST, 4, KILLED(SIGSEGV)); /* a slot gone wild */
		die_in(SLOT_REQUEST, UINT32_MAX, KILLED(SIGSEGV));
	}
	for (size_t i = 0; i < 3; i++)
		ck_assert_uint_eq(state(i), QUARANTINE_NONE);
}
END_TEST

START_TEST(who_is_killed_by_others_does_not_count)
{
	for (int i = 0; i < 9; i++)
		die_in(SLOT_REQUEST, 1, KILLED(SIGKILL));
	child.killed_for = "eddyd stops at once";
	shut();
	ck_assert_uint_eq(state(0), QUARANTINE_NONE);
}
END_TEST

START_TEST(who_was_slow_when_somebody_killed_it_counts)
{
	child.hang.stage = HANG_SLOW;
	for (int i = 0; i < 3; i++)
		die_in(SLOT_REQUEST, 1, KILLED(SIGKILL));
	ck_assert_uint_eq(state(0), QUARANTINE_SHUT);
}
END_TEST

START_TEST(who_has_hung_until_it_was_killed_counts)
{
	child.killed_for = "it was blocked";
	child.hang.stage = HANG_ABORTED;
	die_in(SLOT_REQUEST, 1, KILLED(SIGABRT));
	child.hang.stage = HANG_KILLED;
	die_in(SLOT_REQUEST, 1, KILLED(SIGKILL));
	die_in(SLOT_REQUEST, 1, KILLED(SIGKILL));
	ck_assert_uint_eq(state(0), QUARANTINE_SHUT);
}
END_TEST

START_TEST(the_time_doubles_with_each_probe_that_dies_up_to_ten_minutes)
{
	const uint32_t lengths[] = {60, 120, 240, 480, 600, 600};

	shut();
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		ck_assert_uint_eq(length_s(0), lengths[i]);
		look_after(lengths[i] * SECOND - 1);
		ck_assert_uint_eq(state(0), QUARANTINE_SHUT);
		look_after(1);
		ck_assert_uint_eq(state(0), QUARANTINE_PROBE);
		slot_set(worker.tickets[0], 5);
		die();
		ck_assert_uint_eq(state(0), QUARANTINE_SHUT);
		ck_assert_uint_eq(slot_get(worker.tickets[0]), QUARANTINE_TICKET_FREE);
	}
}
END_TEST

START_TEST(a_longer_time_of_the_conf_stays)
{
	conf.quarantine_ms = 3600000;
	shut();
	look_after(3600 * SECOND);
	slot_set(worker.tickets[0], 5);
	die();
	ck_assert_uint_eq(length_s(0), 3600);
}
END_TEST

START_TEST(a_probe_that_passes_ends_it_and_all_is_forgotten)
{
	shut();
	look_after(60 * SECOND);
	slot_set(worker.tickets[0], 5);
	look_after(SECOND);
	ck_assert_uint_eq(state(0), QUARANTINE_PROBE);
	slot_set(worker.tickets[0], QUARANTINE_TICKET_PASSED);
	look_after(SECOND);
	ck_assert_uint_eq(state(0), QUARANTINE_NONE);
	die();
	die();
	ck_assert_uint_eq(state(0), QUARANTINE_NONE);
	die();
	ck_assert_uint_eq(length_s(0), 60);
}
END_TEST

START_TEST(a_probe_that_is_parked_ends_it_after_a_while_unless_it_hangs)
{
	shut();
	look_after(60 * SECOND);
	slot_set(worker.tickets[0], 5);
	child.hang.stage = HANG_SLOW;
	for (int i = 0; i < 30; i++)
		look_after(SECOND);
	ck_assert_uint_eq(state(0), QUARANTINE_PROBE);
	child.hang.stage = HANG_FINE;
	for (int i = 0; i < 9; i++)
		look_after(SECOND);
	ck_assert_uint_eq(state(0), QUARANTINE_PROBE);
	look_after(SECOND);
	ck_assert_uint_eq(state(0), QUARANTINE_NONE);
}
END_TEST

START_TEST(a_probe_whose_worker_dies_of_something_else_is_made_again)
{
	shut();
	look_after(60 * SECOND);
	slot_set(worker.tickets[0], 5);
	die_in(SLOT_REQUEST, 2, KILLED(SIGSEGV));
	ck_assert_uint_eq(state(0), QUARANTINE_PROBE);
	ck_assert_uint_eq(slot_get(worker.tickets[0]), QUARANTINE_TICKET_FREE);
	slot_set(worker.tickets[0], 5);
	die_in(SLOT_REQUEST, 1, KILLED(SIGKILL));
	ck_assert_uint_eq(state(0), QUARANTINE_PROBE);
}
END_TEST

START_TEST(tickets_that_no_worker_can_have_are_taken_back)
{
	const uint32_t wild[] = {1, 4, 6, 7777777, UINT32_MAX - 1};

	shut();
	slot_set(worker.tickets[0], QUARANTINE_TICKET_PASSED); /* not asked for */
	look_after(SECOND);
	ck_assert_uint_eq(state(0), QUARANTINE_SHUT);
	look_after(60 * SECOND);
	ck_assert_uint_eq(slot_get(worker.tickets[0]), QUARANTINE_TICKET_FREE);
	for (size_t i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		slot_set(worker.tickets[0], wild[i]);
		look_after(SECOND);
		ck_assert_uint_eq(slot_get(worker.tickets[0]), QUARANTINE_TICKET_FREE);
		ck_assert_uint_eq(state(0), QUARANTINE_PROBE);
	}
}
END_TEST

START_TEST(deaths_while_it_is_shut_change_nothing)
{
	shut();
	now += 10 * SECOND;
	shut();
	ck_assert_uint_eq(length_s(0), 60);
	ck_assert_uint_eq(slot_get(worker.words[0].until_ns), START + 60 * SECOND);
}
END_TEST

START_TEST(the_servers_of_a_module_are_shut_and_cleared_without_its_routes)
{
	json_t *list;

	for (int i = 0; i < 3; i++)
		die_in(SLOT_REQUEST, 5,
		       KILLED(SIGSEGV)); /* behind three routes: of the second module */
	ck_assert_uint_eq(state(4), QUARANTINE_SHUT);
	ck_assert_uint_eq(state(3), QUARANTINE_NONE);
	ck_assert_uint_eq(state(0), QUARANTINE_NONE);
	list = quarantine_json(&master);
	ck_assert_uint_eq(json_array_size(list), 1);
	ck_assert(json_is_null(json_object_get(json_array_get(list, 0), "route")));
	ck_assert_str_eq(json_string_value(json_object_get(json_array_get(list, 0), "module")),
			 modules[1].name);
	json_decref(list);
	die_in(SLOT_REQUEST, 6, KILLED(SIGSEGV)); /* which there is not */
	ck_assert_uint_eq(quarantine_clear(&master, modules[0].name), 0);
	ck_assert_uint_eq(quarantine_clear(&master, modules[1].name), 1);
	ck_assert_uint_eq(state(4), QUARANTINE_NONE);
}
END_TEST

START_TEST(clearing_goes_by_module_and_route)
{
	shut();
	for (int i = 0; i < 3; i++) {
		die_in(SLOT_REQUEST, 2, KILLED(SIGSEGV));
		die_in(SLOT_REQUEST, 3, KILLED(SIGSEGV));
	}
	ck_assert_uint_eq(quarantine_clear(&master, "chat/pol"), 0);
	ck_assert_uint_eq(quarantine_clear(&master, "cha"), 0);
	ck_assert_uint_eq(quarantine_clear(&master, ""), 0);
	ck_assert_uint_eq(quarantine_clear(&master, "chat/x/*"), 1);
	ck_assert_uint_eq(state(2), QUARANTINE_NONE);
	ck_assert_uint_eq(quarantine_clear(&master, "chat/say"), 1);
	ck_assert_uint_eq(state(1), QUARANTINE_NONE);
	ck_assert_uint_eq(state(0), QUARANTINE_SHUT);
	ck_assert_uint_eq(quarantine_clear(&master, "chat"), 1);
	ck_assert_uint_eq(quarantine_clear(&master, NULL), 0);
}
END_TEST

START_TEST(none_is_none)
{
	conf.quarantine_ms = 0;
	for (int i = 0; i < 20; i++)
		die();
	ck_assert_uint_eq(state(0), QUARANTINE_NONE);
}
END_TEST

START_TEST(it_goes_on_from_its_memory_alone)
{
	int fd;

	shut();
	fd = fcntl(quarantine->fd, F_DUPFD_CLOEXEC, 0);
	quarantine_fini(quarantine);
	ck_assert_int_eq(quarantine_init(quarantine, &generation, fd), 0);
	ck_assert(evtimer_pending(quarantine->look, NULL));
	look_after(60 * SECOND);
	ck_assert_uint_eq(state(0), QUARANTINE_PROBE);
	slot_set(worker.tickets[0], 5);
	die();
	ck_assert_uint_eq(length_s(0), 120);
}
END_TEST

START_TEST(a_conf_without_routes_and_modules_has_none)
{
	struct generation other = {.master = &master, .conf = &conf};
	struct quarantine_board board;

	conf.nroutes = conf.nmodules = 0;
	ck_assert_int_eq(quarantine_init(&other.quarantine, &other, -1), 0);
	ck_assert_int_eq(quarantine_map(&board, other.quarantine.fd, 0, false), 0);
	ck_assert_ptr_null(board.words);
	quarantine_fini(&other.quarantine);
	conf.nroutes = 3;
	conf.nmodules = 2;
}
END_TEST

static void
add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, three_deaths_within_a_minute_shut_a_route_and_no_other);
	tcase_add_test(tcase, deaths_that_are_further_apart_do_not);
	tcase_add_test(tcase, any_call_for_a_route_counts_and_any_way_to_die);
	tcase_add_test(tcase, deaths_outside_of_a_routes_calls_do_not_count);
	tcase_add_test(tcase, who_is_killed_by_others_does_not_count);
	tcase_add_test(tcase, who_was_slow_when_somebody_killed_it_counts);
	tcase_add_test(tcase, who_has_hung_until_it_was_killed_counts);
	tcase_add_test(tcase, the_time_doubles_with_each_probe_that_dies_up_to_ten_minutes);
	tcase_add_test(tcase, a_longer_time_of_the_conf_stays);
	tcase_add_test(tcase, a_probe_that_passes_ends_it_and_all_is_forgotten);
	tcase_add_test(tcase, a_probe_that_is_parked_ends_it_after_a_while_unless_it_hangs);
	tcase_add_test(tcase, a_probe_whose_worker_dies_of_something_else_is_made_again);
	tcase_add_test(tcase, tickets_that_no_worker_can_have_are_taken_back);
	tcase_add_test(tcase, deaths_while_it_is_shut_change_nothing);
	tcase_add_test(tcase, the_servers_of_a_module_are_shut_and_cleared_without_its_routes);
	tcase_add_test(tcase, clearing_goes_by_module_and_route);
	tcase_add_test(tcase, none_is_none);
	tcase_add_test(tcase, it_goes_on_from_its_memory_alone);
	tcase_add_test(tcase, a_conf_without_routes_and_modules_has_none);
}

int
main(void)
{
	return suite_run("quarantine", add);
}
