/*
 * All the sets of scanning functions give the answers of the byte classes, whatever the byte, its
 * place, what is around it, and how little follows.
 */
#include "http/chars.h"
#include "http/scan.h"
#include "tests/unit/worker/suite.h"

#define LENGTH_MAX 70 /* two vectors and a rest */

static size_t
by_class(const char *p, size_t from, size_t n, int class)
{
	while (from < n && char_is((unsigned char)p[from], class))
		from++;
	return from;
}

/* One foreign byte at `at` among good ones, scanned from `from`. */
static void
check_place(const struct scan *set, int byte, size_t at, size_t n, size_t from)
{
	static const char fill[] = {'a', '~', '|', 'Z'};
	char text[LENGTH_MAX];

	for (size_t i = 0; i < sizeof(fill); i++) {
		memset(text, fill[i], n);
		text[at] = (char)byte;
		ck_assert_uint_eq(set->token(text, from, n), by_class(text, from, n, CHAR_TOKEN));
		ck_assert_uint_eq(set->target(text, from, n), by_class(text, from, n, CHAR_TARGET));
		ck_assert_uint_eq(set->value(text, from, n), by_class(text, from, n, CHAR_VALUE));
	}
}

START_TEST(every_byte_at_every_place_ends_the_scan_where_its_class_does)
{
	const struct scan *set = scan_set((size_t)_i);

	if (set == NULL) /* not on this processor */
		return;
	for (int byte = 0; byte < 256; byte++)
		for (size_t n = 1; n <= LENGTH_MAX; n += n < 36 ? 1 : 11)
			for (size_t at = 0; at < n; at += n < 20 ? 1 : 5)
				check_place(set, byte, at, n, at % 3);
}
END_TEST

START_TEST(nothing_to_scan_ends_where_it_begins)
{
	for (size_t i = 0; scan_set(i) != NULL; i++) {
		ck_assert_uint_eq(scan_set(i)->token("", 0, 0), 0);
		ck_assert_uint_eq(scan_set(i)->target("abc", 3, 3), 3);
		ck_assert_uint_eq(scan_set(i)->value("abc", 2, 2), 2);
	}
}
END_TEST

START_TEST(the_best_set_is_chosen)
{
	size_t count = 0;

	while (scan_set(count) != NULL)
		count++;
	scan_init();
	ck_assert_ptr_eq(scan, scan_set(count - 1));
	ck_assert_str_eq(scan_set(0)->name, "plain");
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_loop_test(tcase, every_byte_at_every_place_ends_the_scan_where_its_class_does, 0,
			    3);
	tcase_add_test(tcase, nothing_to_scan_ends_where_it_begins);
	tcase_add_test(tcase, the_best_set_is_chosen);
}

int
main(void)
{
	return suite_run("http/scan", tests_add);
}
