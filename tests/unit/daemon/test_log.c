/*
 * The log and its escaping: one line each, whatever is in it, and never a wait.
 */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "daemon/escape.h"
#include "daemon/log.h"
#include "tests/unit/suite.h"

static struct log lines;
static char said[1 << 20];
static int ends[2];

static void
log_open(void)
{
	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	ck_assert_int_eq(fcntl(ends[1], F_SETFL, 0), 0);
	log_init(&lines, ends[1]);
}

static void
log_close(void)
{
	log_fini(&lines);
	close(ends[0]);
	close(ends[1]);
}

static const char *
log_read(void)
{
	size_t used = 0;
	ssize_t got;

	while ((got = read(ends[0], said + used, sizeof(said) - used - 1)) > 0)
		used += (size_t)got;
	said[used] = '\0';
	return said;
}

static void
escapes_to(const char *from, const char *expected)
{
	char to[64];

	ck_assert_uint_eq(escape_text(to, sizeof(to), from, strlen(from), NULL), strlen(expected));
	ck_assert_str_eq(to, expected);
}

START_TEST(control_bytes_are_escaped_and_text_is_not)
{
	escapes_to("", "");
	escapes_to("plain text, \"quoted\" \\ as it is", "plain text, \"quoted\" \\ as it is");
	escapes_to("a\nb\tc\rd", "a\\nb\\tc\\rd");
	escapes_to("\033[31m\177\001", "\\x1b[31m\\x7f\\x01");
	escapes_to("gr\303\274n \342\202\254", "gr\303\274n \342\202\254");
	escapes_to("\360\237\230\200\364\217\277\277", "\360\237\230\200\364\217\277\277");
	escapes_to("\302\233K\302\240", "\\xc2\\x9bK\302\240"); /* U+009B is CSI to a terminal */
}
END_TEST

START_TEST(bytes_that_are_no_utf8_are_escaped)
{
	escapes_to("\233K\377", "\\x9bK\\xff");
	escapes_to("a\303", "a\\xc3");
	escapes_to("\303(\342\202x", "\\xc3(\\xe2\\x82x");
	escapes_to("\300\257\340\200\257", "\\xc0\\xaf\\xe0\\x80\\xaf"); /* overlong */
	escapes_to("\355\240\200", "\\xed\\xa0\\x80");			 /* a surrogate */
	escapes_to("\364\220\200\200\370", "\\xf4\\x90\\x80\\x80\\xf8");
}
END_TEST

START_TEST(text_that_does_not_fit_is_cut_between_escapes)
{
	char to[6];
	bool cut;

	ck_assert_uint_eq(escape_text(to, sizeof(to), "abcde", 5, &cut), 5);
	ck_assert(!cut);
	ck_assert_uint_eq(escape_text(to, sizeof(to), "abcdef", 6, &cut), 5);
	ck_assert(cut);
	ck_assert_uint_eq(escape_text(to, sizeof(to), "ab\033d", 4, &cut), 2);
	ck_assert(cut);
	ck_assert_str_eq(to, "ab");
	ck_assert_uint_eq(escape_text(to, sizeof(to), "abc\342\202\254", 6, &cut), 3);
	ck_assert(cut);
	ck_assert_str_eq(to, "abc");
}
END_TEST

START_TEST(lines_carry_their_priority_where_no_terminal_is)
{
	log_error(&lines, "no %s", "luck");
	log_info(&lines, "fine");
	log_write(&lines, 99, "odd");
	ck_assert_str_eq(log_read(), "<3>no luck\n<6>fine\n<5>odd\n");
}
END_TEST

START_TEST(plain_form_is_the_text_alone)
{
	lines.form = LOG_FORM_PLAIN;
	log_error(&lines, "eddy.conf:3: bad");
	ck_assert_str_eq(log_read(), "eddy.conf:3: bad\n");
}
END_TEST

START_TEST(terminal_form_is_for_people)
{
	unsigned h, m, s;
	char word[16];

	lines.form = LOG_FORM_TERMINAL;
	log_warning(&lines, "careful");
	ck_assert_int_eq(sscanf(log_read(), "%2u:%2u:%2u warning: %15s", &h, &m, &s, word), 4);
	ck_assert_str_eq(word, "careful");
}
END_TEST

START_TEST(worker_cannot_forge_a_line)
{
	static const char text[] = "x\n<3>eddyd has stopped";

	log_worker(&lines, LOG_INFO, 1, "hello", 5, text, sizeof(text) - 1);
	log_worker(&lines, LOG_INFO, 2, NULL, 0, "own", 3);
	ck_assert_str_eq(log_read(),
			 "<6>worker 1 (hello): x\\n<3>eddyd has stopped\n<6>worker 2: own\n");
}
END_TEST

START_TEST(long_line_is_cut_and_says_so)
{
	static char text[3 * PIPE_BUF];

	memset(text, 'x', sizeof(text) - 1);
	log_error(&lines, "%s", text);
	log_worker(&lines, LOG_ERR, 0, "m", 1, text, sizeof(text) - 1);
	log_read();
	ck_assert_uint_le(strcspn(said, "\n") + 1, PIPE_BUF);
	ck_assert_mem_eq(strchr(said, '\n') - 4, "x...", 4);
	ck_assert_mem_eq(said + strlen(said) - 5, "x...\n", 5);
}
END_TEST

START_TEST(full_log_drops_counts_and_reports)
{
	while (!lines.dropped)
		log_info(&lines, "%0100d", 0);
	log_info(&lines, "lost");
	ck_assert_uint_eq(lines.dropped, 2);
	log_read();
	log_info(&lines, "found");
	ck_assert_str_eq(log_read(), "<4>2 log lines were dropped: the log was full\n<6>found\n");
	ck_assert_uint_eq(lines.dropped, 0);
	ck_assert_uint_eq(lines.lost, 2);
}
END_TEST

START_TEST(drops_are_reported_when_nothing_else_is_said)
{
	struct event_base *base = event_base_new();

	ck_assert_int_eq(log_attach(&lines, base), 0);
	while (!lines.dropped)
		log_info(&lines, "%0100d", 0);
	log_read();
	event_base_dispatch(base); /* ends when nothing is left to report */
	ck_assert_str_eq(log_read(), "<4>1 log line was dropped: the log was full\n");
	log_fini(&lines);
	event_base_free(base);
}
END_TEST

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	event_base_loop(arg, EVLOOP_NONBLOCK);
}

START_TEST(what_libevent_has_to_say_is_logged)
{
	static const struct timeval now = {0};
	struct event_base *base = event_base_new();

	ck_assert_int_eq(log_attach(&lines, base), 0);
	event_base_once(base, -1, EV_TIMEOUT, on_again, base, &now);
	event_base_dispatch(base);
	log_read();
	ck_assert_mem_eq(said, "<4>libevent: event_base_loop: reentrant", 39);
	log_fini(&lines);
	event_base_free(base);
}
END_TEST

START_TEST(line_about_the_conf_has_its_place_in_front)
{
	log_write_at(&lines, LOG_WARNING, (struct conf_where){"eddy.conf", 7}, "odd %d", 1);
	log_write_at(&lines, LOG_WARNING, (struct conf_where){0}, "odd");
	ck_assert_str_eq(log_read(), "<4>eddy.conf:7: odd 1\n<4>odd\n");
}
END_TEST

START_TEST(colour_is_for_the_place_of_what_is_wrong)
{
	lines.form = LOG_FORM_PLAIN;
	lines.color = true;
	log_error(&lines, "a.conf:1: bad");
	log_warning(&lines, "a.conf:2: odd");
	log_info(&lines, "a.conf:3: fine");
	log_error(&lines, "bad");
	ck_assert_str_eq(log_read(), "\033[1;31ma.conf:1:\033[0m bad\n"
				     "\033[1;33ma.conf:2:\033[0m odd\n"
				     "a.conf:3: fine\n"
				     "bad\n");
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, log_open, log_close);
	tcase_add_test(tcase, control_bytes_are_escaped_and_text_is_not);
	tcase_add_test(tcase, bytes_that_are_no_utf8_are_escaped);
	tcase_add_test(tcase, text_that_does_not_fit_is_cut_between_escapes);
	tcase_add_test(tcase, lines_carry_their_priority_where_no_terminal_is);
	tcase_add_test(tcase, plain_form_is_the_text_alone);
	tcase_add_test(tcase, terminal_form_is_for_people);
	tcase_add_test(tcase, worker_cannot_forge_a_line);
	tcase_add_test(tcase, long_line_is_cut_and_says_so);
	tcase_add_test(tcase, full_log_drops_counts_and_reports);
	tcase_add_test(tcase, drops_are_reported_when_nothing_else_is_said);
	tcase_add_test(tcase, what_libevent_has_to_say_is_logged);
	tcase_add_test(tcase, line_about_the_conf_has_its_place_in_front);
	tcase_add_test(tcase, colour_is_for_the_place_of_what_is_wrong);
}

int
main(void)
{
	return suite_run("daemon/log", tests_add);
}
