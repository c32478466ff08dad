/*
 * The access log's lines: every directive, and nothing that a client sends breaks a line.
 */
#include "http/access.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../suite.h"
#include "http/conn.h"
#include "module/route.h"

#define LINE "GET /a%20b?c=d HTTP/1.1\r\n"
#define HOST "Host: h\r\n"

static const struct head_limits limits = {.line = 60000, .head = 65535, .fields = 100};
static struct conf_http conf;
static struct slot slot;
static struct conf_route conf_route = {.path = (char *)"/a%20b", .access_log = true};
static struct conf_module conf_module = {.name = (char *)"mod"};
static struct eddy_module module = {.conf = &conf_module};
static const struct route route = {.conf = &conf_route, .module = &module};
static struct peer peer = {.family = AF_INET, .address = {192, 0, 2, 255}};
static struct head head;

static struct access *
access_make(const char *format, enum conf_log log)
{
	struct contract_hello hello = {.worker = 3, .generation = 7};
	char why[1024];
	struct access *access;

	setenv("TZ", "UTC-5:30", 1); /* POSIX: that is +05:30 */
	peer.port = htons(4711);
	conf.log = log;
	ck_assert_int_eq(conf_format_parse(format, &conf.format, why, sizeof(why)), 0);
	access = access_new(&conf, &slot, &hello,
			    log == CONF_LOG_FILE ? open("/dev/null", O_WRONLY) : -1);
	ck_assert_ptr_nonnull(access);
	return access;
}

static void
access_drop(struct access *access)
{
	access_free(access, 0);
	conf_format_fini(&conf.format);
}

static struct head *
head_make(const char *bytes, size_t n)
{
	head_init(&head);
	ck_assert_int_eq(head_parse(&head, bytes, n, &limits), HEAD_DONE);
	return &head;
}

static struct access_entry
entry_make(const char *bytes, size_t n)
{
	return (struct access_entry){
		.peer = &peer,
		.head = bytes != NULL ? head_make(bytes, n) : NULL,
		.route = &route,
		.bytes = 42,
		.took_ns = 1234567891,
		.second = 86400 * 59 + 3661,
		.requests = 6,
		.status = 201,
	};
}

/* The line of this format for this entry. */
static eddy_str
line_of(const char *format, const struct access_entry *entry)
{
	static char line[WRITER_LINE_MAX];
	struct access *access = access_make(format, CONF_LOG_FILE);
	size_t n = access_format(access, entry, line);

	ck_assert_uint_le(n, sizeof(line));
	ck_assert_int_eq(line[n - 1], '\n');
	ck_assert_ptr_null(memchr(line, '\n', n - 1));
	access_drop(access);
	return (eddy_str){line, n - 1};
}

static const struct {
	const char *format, *line;
} directives[] = {
	{"100%%", "100%"},
	{"%h %a %{remote}p", "192.0.2.255 192.0.2.255 4711"},
	{"%l %u", "- -"},
	{"%t", "[01/Mar/1970:06:31:01 +0530]"},
	{"%{iso}t", "1970-03-01T06:31:01+05:30"},
	{"%{sec}t", "5101261"},
	{"\"%r\"", "\"GET /a%20b?c=d HTTP/1.1\""},
	{"%m %{url}r %U %q %H", "GET /a%20b?c=d /a%20b ?c=d HTTP/1.1"},
	{"%{unparsed}r", "-"},
	{"%s %>s", "201 201"},
	{"%b %B", "42 42"},
	{"%D %{us}T %{ms}T %T %{s}T", "1234567 1234567 1234.567 1 1"},
	{"%k", "5"},
	{"%{hOsT}i|%{Cookie}i", "h|-"},
	{"%{route}n %{module}n %{worker}n %{generation}n", "/a%20b mod 3 7"},
};

START_TEST(directive_says_what_it_is_for)
{
	struct access_entry entry = entry_make(BYTES(LINE HOST "\r\n"));

	ck_assert_text(line_of(directives[_i].format, &entry), directives[_i].line);
}
END_TEST

START_TEST(combined_is_what_the_world_knows)
{
	struct access_entry entry =
		entry_make(BYTES(LINE HOST "User-Agent: a \"b\"\r\nReferer: http://r/\r\n\r\n"));

	ck_assert_text(line_of("combined", &entry),
		       "192.0.2.255 - - [01/Mar/1970:06:31:01 +0530] "
		       "\"GET /a%20b?c=d HTTP/1.1\" 201 42 \"http://r/\" \"a \\x22b\\x22\"");
	entry.bytes = 0;
	entry.head = head_make(BYTES("HEAD / HTTP/1.0\r\n\r\n"));
	ck_assert_text(line_of("combined", &entry), "192.0.2.255 - - [01/Mar/1970:06:31:01 +0530] "
						    "\"HEAD / HTTP/1.0\" 201 - \"-\" \"-\"");
}
END_TEST

START_TEST(json_has_every_value_with_its_type)
{
	struct access_entry entry = entry_make(BYTES(LINE HOST "User-Agent: a\tb\r\n\r\n"));

	ck_assert_text(line_of("json", &entry),
		       "{\"time\":\"1970-03-01T06:31:01+05:30\",\"remote\":\"192.0.2.255\","
		       "\"port\":4711,\"method\":\"GET\",\"url\":\"/a%20b?c=d\","
		       "\"version\":\"HTTP/1.1\",\"unparsed\":null,\"status\":201,\"bytes\":42,"
		       "\"referer\":null,\"user_agent\":\"a\\u0009b\",\"duration_ms\":1234.567,"
		       "\"route\":\"/a%20b\",\"module\":\"mod\",\"worker\":3,\"kept\":5}");
}
END_TEST

START_TEST(request_that_is_none_has_its_line)
{
	struct access_entry entry = entry_make(NULL, 0);

	entry.route = NULL;
	entry.unparsed = (eddy_str){BYTES("GET \r\x01\"\\\xff\x7f")};
	ck_assert_text(
		line_of("\"%r\" %m %{unparsed}r %{Host}i %{route}n", &entry),
		"\"GET \\x0D\\x01\\x22\\x5C\\xFF\\x7F\" - GET \\x0D\\x01\\x22\\x5C\\xFF\\x7F "
		"- -");
	entry.unparsed = (eddy_str){"", 0};
	ck_assert_text(line_of("\"%r\"", &entry), "\"-\"");
}
END_TEST

static const struct {
	const char *in, *out;
} utf8[] = {
	{"gr\303\274n \360\237\230\200", "gr\303\274n \360\237\230\200"},
	{"\377", "\\u00FF"},
	{"\303", "\\u00C3"},				      /* cut off */
	{"\303(", "\\u00C3("},				      /* no continuation */
	{"\300\200", "\\u00C0\\u0080"},			      /* too long */
	{"\340\200\200", "\\u00E0\\u0080\\u0080"},	      /* too long */
	{"\355\240\200", "\\u00ED\\u00A0\\u0080"},	      /* a surrogate */
	{"\364\220\200\200", "\\u00F4\\u0090\\u0080\\u0080"}, /* beyond the last */
	{"\"\\", "\\\"\\\\"},
};

START_TEST(json_is_utf8_whatever_comes)
{
	struct access_entry entry = entry_make(NULL, 0);
	struct access *access = access_make("json", CONF_LOG_FILE);
	char line[4096], wanted[64];
	size_t n;

	entry.unparsed = (eddy_str){utf8[_i].in, strlen(utf8[_i].in)};
	n = access_format(access, &entry, line);
	line[n] = '\0';
	snprintf(wanted, sizeof(wanted), "\"unparsed\":\"%s\",", utf8[_i].out);
	ck_assert_ptr_nonnull(strstr(line, wanted));
	access_drop(access);
}
END_TEST

START_TEST(saved_head_gives_the_same_line)
{
	static const char *const formats[] = {"combined", "json", "%m|%U|%q|%H|%{X}i|%{Host}i"};
	struct access_entry entry = entry_make(BYTES(LINE HOST "User-Agent: \377\"\r\n\r\n"));
	char first[4096], second[4096];

	for (int i = 0; i < COUNT(formats); i++) {
		struct access *access = access_make(formats[i], CONF_LOG_FILE);
		char *saved = access_save(access, &head);
		size_t n = access_format(access, &entry, first);

		entry.head = NULL;
		entry.saved = saved;
		ck_assert_uint_eq(access_format(access, &entry, second), n);
		ck_assert_mem_eq(first, second, n);
		entry.head = &head;
		entry.saved = NULL;
		free(saved);
		access_drop(access);
	}
}
END_TEST

/* The values of a head that was saved use up the room like others: what follows them still fits. */
START_TEST(saved_head_leaves_no_more_room_than_there_is)
{
	static const char *const formats[] = {"%{A}i %{route}n %{module}n", "json"};
	static char bytes[60000], path[4000], line[WRITER_LINE_MAX];
	struct conf_route long_conf = {.path = path, .access_log = true};
	struct route long_route = {.conf = &long_conf, .module = &module};
	char *p = bytes;
	size_t n;

	memset(path, '/', sizeof(path) - 1);
	p = stpcpy(p, LINE HOST "A: ");
	p = (char *)memset(p, 0xff, 40000) + 40000;
	p = stpcpy(p, "\r\nUser-Agent: ");
	p = (char *)memset(p, 0xfe, 15000) + 15000;
	p = stpcpy(p, "\r\n\r\n");
	n = (size_t)(p - bytes);
	for (int i = 0; i < COUNT(formats); i++) {
		struct access_entry entry = entry_make(bytes, n);
		struct access *access = access_make(formats[i], CONF_LOG_FILE);
		char *saved = access_save(access, &head);

		entry.head = NULL;
		entry.saved = saved;
		entry.route = &long_route;
		ck_assert_uint_le(access_format(access, &entry, line), sizeof(line));
		free(saved);
		access_drop(access);
	}
}
END_TEST

START_TEST(longest_values_fit_into_a_line)
{
	static const char *const formats[] = {"combined", "json",
					      "%{User-Agent}i%{User-Agent}i%{User-Agent}i %s"};
	static char bytes[65000];
	struct access_entry entry;
	size_t n = sizeof(LINE HOST "User-Agent: ") - 1;
	eddy_str line;

	memcpy(bytes, LINE HOST "User-Agent: ", n);
	memset(bytes + n, 0xff, 60000);
	memcpy(bytes + n + 60000, "\r\n\r\n", 4);
	entry = entry_make(bytes, n + 60004);
	line = line_of(formats[_i], &entry);
	ck_assert_uint_gt(line.n, WRITER_LINE_MAX / 2);
	if (_i == 2)
		ck_assert_mem_eq(line.p + line.n - 4, " 201", 4);
	entry.head = NULL;
	entry.unparsed = (eddy_str){bytes + n, 60000};
	line = line_of(formats[_i], &entry);
	if (_i == 1)
		ck_assert_mem_eq(line.p + line.n - 11, "3,\"kept\":5}", 11);
}
END_TEST

START_TEST(addresses_are_as_inet_ntop_has_them)
{
	static const char *const addresses[] = {"0.0.0.0", "255.255.255.255", "10.0.200.99"};
	struct access_entry entry = entry_make(NULL, 0);

	for (int i = 0; i < COUNT(addresses); i++) {
		ck_assert_int_eq(inet_pton(AF_INET, addresses[i], peer.address), 1);
		ck_assert_text(line_of("%h", &entry), addresses[i]);
	}
	peer.family = AF_INET6;
	ck_assert_int_eq(inet_pton(AF_INET6, "2001:db8::1", peer.address), 1);
	ck_assert_text(line_of("%h %{remote}p", &entry), "2001:db8::1 4711");
	peer.family = AF_UNIX;
	ck_assert_text(line_of("%h %{remote}p", &entry), "unix: -");
}
END_TEST

START_TEST(journal_gets_fields)
{
	static const char wanted[] = "MESSAGE=GET /a%20b?c=d HTTP/1.1 \0EDDY_STATUS=201\0"
				     "EDDY_METHOD=GET\0EDDY_PATH=/a%20b\0EDDY_ROUTE=/a%20b\0"
				     "EDDY_MODULE=mod\0EDDY_REMOTE=192.0.2.255\0EDDY_BYTES=42\0"
				     "EDDY_DURATION_US=1234567\0EDDY_WORKER=3\0EDDY_GENERATION=7\0"
				     "SYSLOG_IDENTIFIER=eddy\0PRIORITY=6\n";
	struct access *access = access_make("%r ", CONF_LOG_JOURNAL);
	struct access_entry entry = entry_make(BYTES(LINE HOST "\r\n"));
	char line[4096];

	ck_assert_uint_eq(access_format(access, &entry, line), sizeof(wanted) - 1);
	ck_assert_mem_eq(line, wanted, sizeof(wanted) - 1);
	ck_assert(access->timed);
	access_drop(access);
}
END_TEST

START_TEST(drops_are_reported_once)
{
	struct access *access = access_make("combined", CONF_LOG_FILE);
	char text[256];

	ck_assert_uint_eq(access_report(access, text), 0);
	access->dropped = 3;
	ck_assert_uint_gt(access_report(access, text), 0);
	ck_assert_str_eq(text, "3 lines of the access log were dropped: they are not taken as fast "
			       "as they come");
	ck_assert_uint_eq(access_report(access, text), 0);
	ck_assert(!access->timed);
	access_drop(access);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_loop_test(tcase, directive_says_what_it_is_for, 0, COUNT(directives));
	tcase_add_test(tcase, combined_is_what_the_world_knows);
	tcase_add_test(tcase, json_has_every_value_with_its_type);
	tcase_add_test(tcase, request_that_is_none_has_its_line);
	tcase_add_loop_test(tcase, json_is_utf8_whatever_comes, 0, COUNT(utf8));
	tcase_add_test(tcase, saved_head_gives_the_same_line);
	tcase_add_test(tcase, saved_head_leaves_no_more_room_than_there_is);
	tcase_add_loop_test(tcase, longest_values_fit_into_a_line, 0, 3);
	tcase_add_test(tcase, addresses_are_as_inet_ntop_has_them);
	tcase_add_test(tcase, journal_gets_fields);
	tcase_add_test(tcase, drops_are_reported_once);
}

int
main(void)
{
	return suite_run("worker/http/access", tests_add);
}
