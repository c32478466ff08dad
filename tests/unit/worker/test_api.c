/*
 * What eddy.h's functions have in common: structs of other releases, and handles that mean nothing.
 */
#include "api.h"

#include "suite.h"
#include "worker.h"

static struct worker worker;
static struct slot slot;

/* A struct as the first release had it, and as a later one has it. */
struct first {
	uint32_t size;
	uint32_t a;
};

struct later {
	uint32_t size;
	uint32_t a, b;
};

START_TEST(size_of_a_struct_up_to_a_member_takes_that_one_in)
{
	ck_assert_uint_eq(API_SIZE_TO(struct later, a), sizeof(struct first));
	ck_assert_uint_eq(API_SIZE_TO(struct later, b), sizeof(struct later));
}
END_TEST

START_TEST(a_struct_of_an_earlier_eddy_h_is_filled_to_its_own_end)
{
	struct later ours = {.a = 1, .b = 2};
	struct {
		struct first theirs;
		uint32_t behind;
	} caller = {{.size = sizeof(struct first)}, 99};

	api_fill(&caller.theirs, &ours, sizeof(ours));
	ck_assert_uint_eq(caller.theirs.size, sizeof(struct first));
	ck_assert_uint_eq(caller.theirs.a, 1);
	ck_assert_uint_eq(caller.behind, 99);
}
END_TEST

START_TEST(a_struct_of_a_later_eddy_h_is_filled_as_far_as_we_know_it)
{
	struct first ours = {.a = 1};
	struct later theirs = {.size = sizeof(theirs), .b = 99};

	api_fill(&theirs, &ours, sizeof(ours));
	ck_assert_uint_eq(theirs.size, sizeof(theirs));
	ck_assert_uint_eq(theirs.a, 1);
	ck_assert_uint_eq(theirs.b, 99);
}
END_TEST

START_TEST(a_handle_that_is_over_is_closed_and_what_is_none_is_invalid)
{
	struct handles timers, files;
	int object;
	void *timer, *file;

	worker_self = &worker;
	worker.link = -1;
	worker.slot = &slot;
	handles_init(&timers, HANDLE_TIMER);
	handles_init(&files, HANDLE_FILE);
	timer = handle_new(&timers, &object);
	file = handle_new(&files, &object);
	ck_assert_ptr_eq(api_find(&timers, timer, "test"), &object);
	ck_assert_uint_eq(slot_get(slot.counters.log_dropped), 0);

	handle_free(&timers, timer);
	ck_assert_ptr_null(api_find(&timers, timer, "test"));
	ck_assert_int_eq(api_error(timer, HANDLE_TIMER), EDDY_ECLOSED);
	ck_assert_uint_eq(slot_get(slot.counters.log_dropped), 0); /* nobody has been told */

	ck_assert_ptr_null(api_find(&timers, file, "test"));
	ck_assert_int_eq(api_error(file, HANDLE_TIMER), EDDY_EINVAL);
	ck_assert_ptr_null(api_find(&timers, NULL, "test"));
	ck_assert_int_eq(api_error(NULL, HANDLE_TIMER), EDDY_EINVAL);
	ck_assert_ptr_null(api_find(&timers, &object, "test"));
	ck_assert_int_eq(api_error(&object, HANDLE_TIMER), EDDY_EINVAL);
	ck_assert_uint_eq(slot_get(slot.counters.log_dropped), 3);
	handles_fini(&timers);
	handles_fini(&files);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, size_of_a_struct_up_to_a_member_takes_that_one_in);
	tcase_add_test(tcase, a_struct_of_an_earlier_eddy_h_is_filled_to_its_own_end);
	tcase_add_test(tcase, a_struct_of_a_later_eddy_h_is_filled_as_far_as_we_know_it);
	tcase_add_test(tcase, a_handle_that_is_over_is_closed_and_what_is_none_is_invalid);
}

int
main(void)
{
	return suite_run("api", tests_add);
}
