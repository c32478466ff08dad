/*
 * Objects that are written and read by the same calls.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/pack.h"
#include "tests/unit/suite.h"

enum colour { RED, GREEN };

struct thing {
	uint64_t big;
	int negative;
	unsigned short little;
	bool flag;
	enum colour colour;
	char *text;
	char *none;
	char *bytes;
	size_t nbytes;
	char raw[6];
};

static void
thing_fields(struct pack *pack, struct thing *thing)
{
	pack_number(pack, "big", thing->big);
	pack_number(pack, "negative", thing->negative);
	pack_number(pack, "little", thing->little);
	pack_number(pack, "flag", thing->flag);
	pack_number(pack, "colour", thing->colour);
	pack_text(pack, "text", &thing->text);
	pack_text(pack, "none", &thing->none);
	pack_bytes(pack, "bytes", &thing->bytes, &thing->nbytes);
	pack_raw(pack, "raw", thing->raw, sizeof(thing->raw));
}

static void
thing_fini(struct thing *thing)
{
	free(thing->text);
	free(thing->none);
	free(thing->bytes);
}

/* The caller's to free. */
static char *
written(struct pack_whole *whole)
{
	char *text;

	ck_assert(!whole->failed);
	text = json_dumps(whole->root, 0);
	ck_assert_ptr_nonnull(text);
	pack_fini(whole);
	return text;
}

START_TEST(what_was_written_is_read)
{
	char all[256];
	struct thing in = {
		.big = UINT64_MAX,
		.negative = -7,
		.little = 65535,
		.flag = true,
		.colour = GREEN,
		.text = (char *)(uintptr_t) "\xff\x80 /run/\xc3\xa4\n\"",
		.bytes = all,
		.nbytes = sizeof(all),
		.raw = "a\0b\xff",
	};
	struct thing out = {.none = strdup("what was there before")};
	struct pack_whole whole;
	struct pack pack = pack_write(&whole);
	char *text;

	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	thing_fields(&pack, &in);
	text = written(&whole);
	pack = pack_read(&whole, text, strlen(text));
	thing_fields(&pack, &out);
	ck_assert(!whole.failed);
	ck_assert(out.big == in.big && out.negative == in.negative && out.little == in.little);
	ck_assert(out.flag && out.colour == GREEN);
	ck_assert_str_eq(out.text, in.text);
	ck_assert_ptr_null(out.none);
	ck_assert_uint_eq(out.nbytes, sizeof(all));
	ck_assert_mem_eq(out.bytes, all, sizeof(all));
	ck_assert_mem_eq(out.raw, in.raw, sizeof(in.raw));
	pack_fini(&whole);
	thing_fini(&out);
	free(text);
}
END_TEST

START_TEST(what_is_not_there_leaves_a_number_as_it_is)
{
	static const char text[] = "{\"other\":1}";
	struct pack_whole whole;
	struct pack pack = pack_read(&whole, text, strlen(text));
	struct thing out = {.big = 5, .raw = "abc"};

	thing_fields(&pack, &out);
	ck_assert(!whole.failed);
	ck_assert_uint_eq(out.big, 5);
	ck_assert_str_eq(out.raw, "abc");
	ck_assert_ptr_null(out.text);
	ck_assert_uint_eq(out.nbytes, 0);
	pack_fini(&whole);
}
END_TEST

START_TEST(a_field_of_another_kind_is_an_error)
{
	static const char *const texts[] = {"{\"big\":\"1\"}", "{\"text\":1}", "{\"raw\":[]}"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct pack_whole whole;
		struct pack pack = pack_read(&whole, texts[i], strlen(texts[i]));
		struct thing out = {0};

		thing_fields(&pack, &out);
		ck_assert_msg(whole.failed, "%s", texts[i]);
		thing_fini(&out);
		pack_fini(&whole);
	}
}
END_TEST

START_TEST(what_is_no_object_is_an_error)
{
	static const char *const texts[] = {"", "[]", "{", "null", "1"};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct pack_whole whole;
		struct pack pack = pack_read(&whole, texts[i], strlen(texts[i]));

		ck_assert(whole.failed);
		ck_assert_ptr_null(pack.object);
		ck_assert_uint_eq(pack_count(&pack, "list"), 0);
		pack_fini(&whole);
	}
}
END_TEST

START_TEST(a_list_is_read_in_the_order_in_which_it_was_written)
{
	struct pack_whole whole;
	struct pack pack = pack_write(&whole), item;
	char *text;
	unsigned n;

	for (n = 0; n < 3; n++) {
		item = pack_add(&pack, "list");
		pack_number(&item, "n", n);
	}
	text = written(&whole);
	pack = pack_read(&whole, text, strlen(text));
	ck_assert_uint_eq(pack_count(&pack, "list"), 3);
	ck_assert_uint_eq(pack_count(&pack, "no list"), 0);
	for (unsigned i = 0; i < 3; i++) {
		item = pack_at(&pack, "list", i);
		pack_number(&item, "n", n);
		ck_assert_uint_eq(n, i);
	}
	item = pack_at(&pack, "list", 3);
	ck_assert_ptr_null(item.object);
	pack_number(&item, "n", n);
	ck_assert_uint_eq(n, 2);
	pack_fini(&whole);
	free(text);
}
END_TEST

START_TEST(descriptors_that_are_written_are_listed)
{
	struct pack_whole whole;
	struct pack pack = pack_write(&whole);
	int fds[] = {7, -1, 9};

	for (size_t i = 0; i < 3; i++) {
		struct pack item = pack_add(&pack, "fds");

		pack_fd(&item, "fd", &fds[i]);
	}
	ck_assert(!whole.failed);
	ck_assert_uint_eq(whole.nfds, 2);
	ck_assert_int_eq(whole.fds[0], 7);
	ck_assert_int_eq(whole.fds[1], 9);
	pack_fini(&whole);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, what_was_written_is_read);
	tcase_add_test(tcase, what_is_not_there_leaves_a_number_as_it_is);
	tcase_add_test(tcase, a_field_of_another_kind_is_an_error);
	tcase_add_test(tcase, what_is_no_object_is_an_error);
	tcase_add_test(tcase, a_list_is_read_in_the_order_in_which_it_was_written);
	tcase_add_test(tcase, descriptors_that_are_written_are_listed);
}

int
main(void)
{
	return suite_run("pack", tests_add);
}
