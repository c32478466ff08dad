/*
 * The line in front of a chunk, and how long a server keeps a connection; what a head says of its
 * body is test_head.c's.
 */
#include <stdint.h>
#include <stdio.h>

#include "../suite.h"
#include "http/framing.h"

START_TEST(a_chunks_line_is_its_size_in_hex)
{
	static const struct {
		uint64_t n;
		const char *line;
	} cases[] = {
		{1, "1\r\n"},
		{15, "f\r\n"},
		{16, "10\r\n"},
		{0x2710, "2710\r\n"},
		{(uint64_t)5 << 32, "500000000\r\n"},
		{UINT64_MAX, "ffffffffffffffff\r\n"},
	};
	char line[CHUNK_LINE_MAX];

	for (int i = 0; i < COUNT(cases); i++)
		ck_assert_text(((eddy_str){line, chunk_line(line, cases[i].n)}), cases[i].line);
}
END_TEST

START_TEST(a_server_may_say_how_long_it_waits)
{
	static const struct {
		const char *field;
		int s;
	} cases[] = {
		{"Keep-Alive: timeout=5", 5},
		{"keep-alive: max=100,  Timeout=60", 60},
		{"Keep-Alive: timeout=0", 0},
		{"Keep-Alive: timeout=99999999999999999999", 1000000},
		{"Keep-Alive: timeout=999999", 999999},
		{"Keep-Alive: timeout=9999999", 1000000}, /* in ms, it is an int still */
		{"Keep-Alive: timeout=x, timeout=7", 7},
		{"Keep-Alive: timeout=", -1},
		{"Keep-Alive: timeout", -1},
		{"Keep-Alive: timeout=5s", -1},
		{"Keep-Alive: timeout=-5", -1},
		{"Keep-Alive: max=5", -1},
		{"Keep-Alive:", -1},
		{"Connection: keep-alive", -1},
	};
	const struct head_limits limits = {.line = 100, .head = 1000, .fields = 10};
	struct head head, *saved;
	char text[256];

	for (int i = 0; i < COUNT(cases); i++) {
		size_t n = (size_t)snprintf(text, sizeof(text), "HTTP/1.1 200 OK\r\n%s\r\n\r\n",
					    cases[i].field);

		head_init_response(&head);
		ck_assert_int_eq(head_parse_response(&head, text, n, &limits), HEAD_DONE);
		saved = head_save(&head, text, n);
		ck_assert_msg(framing_keep_alive_s(saved) == cases[i].s, "%s", cases[i].field);
		free(saved);
	}
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, a_chunks_line_is_its_size_in_hex);
	tcase_add_test(tcase, a_server_may_say_how_long_it_waits);
}

int
main(void)
{
	return suite_run("http/framing", tests_add);
}
