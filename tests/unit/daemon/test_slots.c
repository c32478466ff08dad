/*
 * The master's side of the scoreboard, and what a slot says about a death.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "daemon/blame.h"
#include "daemon/slots.h"
#include "tests/unit/suite.h"

static struct slots slots;

static void
setup(void)
{
	ck_assert_int_eq(slots_init(&slots), 0);
}

static void
teardown(void)
{
	slots_fini(&slots);
}

START_TEST(taken_slot_says_whose_it_is)
{
	int i = slots_take(&slots, 3, 7, 123456);
	struct slot *slot = slots_get(&slots, (size_t)i);

	ck_assert_int_eq(i, 0);
	ck_assert_uint_eq(slot_get(slot->worker), 3);
	ck_assert_uint_eq(slot_get(slot->generation), 7);
	ck_assert_uint_eq(slot_get(slot->started_ns), 123456);
	ck_assert_uint_eq(slot_get(slot->state), SLOT_INIT);
}
END_TEST

START_TEST(first_free_slot_is_taken)
{
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(slots_take(&slots, 0, 1, 1), i);
	slots_release(&slots, 1);
	slots_release(&slots, 3);
	ck_assert_int_eq(slots_take(&slots, 0, 1, 1), 1);
	ck_assert_int_eq(slots_take(&slots, 0, 1, 1), 3);
	ck_assert_int_eq(slots_take(&slots, 0, 1, 1), 5);
	ck_assert_uint_eq(slot_get(scoreboard_head(&slots.board)->used), 6);
}
END_TEST

START_TEST(released_slot_is_zero_and_its_counters_stay_counted)
{
	struct slot_dead totals;
	struct slot *slot;

	for (uint64_t round = 1; round <= 3; round++) {
		int i = slots_take(&slots, 0, 1, 1);

		slot = slots_get(&slots, (size_t)i);
		slot_set(slot->counters.requests, 10);
		slot_set(slot->connections, 4);
		scoreboard_total(&slots.board, &totals);
		ck_assert_uint_eq(slot_get(totals.counters.requests), 10 * round);
		slots_release(&slots, (size_t)i);
		ck_assert_uint_eq(slot_get(slot->state), SLOT_FREE);
		ck_assert_uint_eq(slot_get(slot->connections), 0);
		ck_assert_uint_eq(slot_get(slot->counters.requests), 0);
		scoreboard_total(&slots.board, &totals);
		ck_assert_uint_eq(slot_get(totals.counters.requests), 10 * round);
	}
}
END_TEST

START_TEST(four_generations_of_the_most_workers_fit_and_then_some)
{
	for (size_t i = 0; i < SLOTS_MAX; i++)
		ck_assert_int_eq(slots_take(&slots, 0, 1, 1), (int)i);
	ck_assert_uint_ge(SLOTS_MAX, (size_t)5 * CONF_WORKERS_MAX);
	ck_assert_int_eq(slots_take(&slots, 0, 1, 1), -ENOSPC);
}
END_TEST

static const char *
blame_of(const struct slot *slot)
{
	static char buf[512];
	struct conf_module modules[] = {{.name = (char *)"chat"}};
	struct conf_route routes[] = {{.path = (char *)"/poll"}};
	struct conf conf = {.modules = modules, .nmodules = 1, .routes = routes, .nroutes = 1};

	blame_format(slot, &conf, 10000000000, buf, sizeof(buf));
	return buf;
}

START_TEST(idle_worker_is_blamed_for_nothing)
{
	struct slot slot = {.module = 1, .route = 1};

	ck_assert_str_eq(blame_of(&slot), "");
}
END_TEST

START_TEST(blame_names_module_callback_route_and_request)
{
	struct slot slot = {.callback = SLOT_REQUEST, .module = 1, .route = 1, .line_size = 14};

	memcpy(slot.line, "GET /poll HTTP", 14);
	ck_assert_str_eq(blame_of(&slot), " in module \"chat\" (request callback, route \"/poll\", "
					  "request \"GET /poll HTTP\")");
}
END_TEST

START_TEST(blame_names_the_server_of_a_module_behind_the_routes)
{
	struct slot slot = {
		.callback = SLOT_REQUEST, .module = 1, .route = 2, .server = "[::1]:80"};

	ck_assert_str_eq(blame_of(&slot),
			 " in module \"chat\" (request callback, server \"[::1]:80\")");
	memset(slot.server, 'A', sizeof(slot.server));
	ck_assert_uint_lt(strlen(blame_of(&slot)), 200);
	slot_set(slot.route, 3);
	ck_assert_str_eq(blame_of(&slot), " in module \"chat\" (request callback)");
}
END_TEST

START_TEST(blame_says_how_long_if_it_was_long)
{
	struct slot slot = {.callback = SLOT_TIMER, .module = 1, .since_ns = 7500000000};

	ck_assert_str_eq(blame_of(&slot),
			 " in module \"chat\" (timer callback, running for 2.5 s)");
	slot_set(slot.since_ns, 9900000000);
	ck_assert_str_eq(blame_of(&slot), " in module \"chat\" (timer callback)");
}
END_TEST

START_TEST(slot_gone_wild_is_not_believed)
{
	struct slot slot;

	memset((void *)&slot, 0xff, sizeof(slot));
	ck_assert_str_eq(blame_of(&slot), "");
	slot_set(slot.callback, SLOT_UNLOAD);
	memset(slot.line, 'A', sizeof(slot.line));
	ck_assert_int_eq(strncmp(blame_of(&slot), " in eddy (unload callback, request \"AAAA", 40),
			 0);
	ck_assert_uint_lt(strlen(blame_of(&slot)), 160);
}
END_TEST

START_TEST(blame_is_cut_to_its_room)
{
	struct slot slot = {.callback = SLOT_REQUEST, .line_size = 90};
	struct conf conf = {0};
	char small[16];

	memset(slot.line, 'A', sizeof(slot.line));
	blame_format(&slot, &conf, 1, small, sizeof(small));
	ck_assert_str_eq(small, " in eddy (reque");
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, taken_slot_says_whose_it_is);
	tcase_add_test(tcase, first_free_slot_is_taken);
	tcase_add_test(tcase, released_slot_is_zero_and_its_counters_stay_counted);
	tcase_add_test(tcase, four_generations_of_the_most_workers_fit_and_then_some);
	tcase_add_test(tcase, idle_worker_is_blamed_for_nothing);
	tcase_add_test(tcase, blame_names_module_callback_route_and_request);
	tcase_add_test(tcase, blame_names_the_server_of_a_module_behind_the_routes);
	tcase_add_test(tcase, blame_says_how_long_if_it_was_long);
	tcase_add_test(tcase, slot_gone_wild_is_not_believed);
	tcase_add_test(tcase, blame_is_cut_to_its_room);
}

int
main(void)
{
	return suite_run("daemon/slots", tests_add);
}
