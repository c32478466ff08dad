/*
 * The line in front of a chunk; what a head says of its body is test_head.c's.
 */
#include <stdint.h>

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

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, a_chunks_line_is_its_size_in_hex);
}

int
main(void)
{
	return suite_run("http/framing", tests_add);
}
