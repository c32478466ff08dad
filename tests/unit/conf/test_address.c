/*
 * Listening addresses: what each means to the kernel, and what is said of those that mean nothing.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sys/un.h>

#include "text.h"

#define COUNT(array) (int)(sizeof(array) / sizeof((array)[0]))
#define LONG_107                                                                                   \
	"/234567890123456789012345678901234567890123456789012345678901234567890123456789012345678" \
	"901234567890"                                                                             \
	"1234567"

static const struct {
	const char *text;
	int family;
	const char *host;
	int port;
} good[] = {
	{"127.0.0.1:80", AF_INET, "127.0.0.1", 80},
	{"0.0.0.0:8080", AF_INET, "0.0.0.0", 8080},
	{"*:65535", AF_INET, "0.0.0.0", 65535},
	{":1", AF_INET, "0.0.0.0", 1},
	{"[::]:8080", AF_INET6, "::", 8080},
	{"[::1]:443", AF_INET6, "::1", 443},
	{"[2001:db8::7]:80", AF_INET6, "2001:db8::7", 80},
	{"[::ffff:192.0.2.7]:80", AF_INET6, "::ffff:192.0.2.7", 80},
};

START_TEST(ip_address_is_parsed)
{
	struct sockaddr_storage addr;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&addr;
	bool v4 = good[_i].family == AF_INET;
	char host[INET6_ADDRSTRLEN];
	const char *why = "";
	socklen_t len;

	ck_assert_msg(conf_address_parse(good[_i].text, &addr, &len, &why) == 0, "%s: %s",
		      good[_i].text, why);
	ck_assert_int_eq(addr.ss_family, good[_i].family);
	ck_assert_uint_eq(len, v4 ? sizeof(*in) : sizeof(*in6));
	inet_ntop(addr.ss_family, v4 ? (const void *)&in->sin_addr : (const void *)&in6->sin6_addr,
		  host, sizeof(host));
	ck_assert_str_eq(host, good[_i].host);
	ck_assert_int_eq(ntohs(v4 ? in->sin_port : in6->sin6_port), good[_i].port);
}
END_TEST

START_TEST(port_0_is_parsed_where_any_port_will_do)
{
	struct sockaddr_storage addr;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&addr;
	const char *why;
	socklen_t len;

	ck_assert_int_eq(conf_address_parse_any_port("127.0.0.1:0", &addr, &len, &why), 0);
	ck_assert_int_eq(in->sin_port, 0);
	ck_assert_int_eq(conf_address_parse_any_port("[::1]:0", &addr, &len, &why), 0);
	ck_assert_int_eq(in6->sin6_port, 0);
	ck_assert_int_eq(conf_address_parse_any_port("[::1]:7", &addr, &len, &why), 0);
	ck_assert_int_eq(in6->sin6_port, htons(7));
	ck_assert_int_eq(conf_address_parse_any_port("127.0.0.1:", &addr, &len, &why), -EINVAL);
	ck_assert_str_eq(why, "the port must be a number from 0 to 65535");
}
END_TEST

START_TEST(unix_path_is_parsed)
{
	struct sockaddr_storage addr;
	const struct sockaddr_un *un = (const struct sockaddr_un *)&addr;
	const char *why;
	socklen_t len;

	ck_assert_int_eq(conf_address_parse("unix:/run/eddy/web.sock", &addr, &len, &why), 0);
	ck_assert_int_eq(un->sun_family, AF_UNIX);
	ck_assert_str_eq(un->sun_path, "/run/eddy/web.sock");
	ck_assert_int_eq(conf_address_parse("unix:" LONG_107, &addr, &len, &why), 0);
	ck_assert_uint_eq(strlen(un->sun_path), 107);
}
END_TEST

START_TEST(abstract_unix_name_is_parsed)
{
	struct sockaddr_storage addr;
	const struct sockaddr_un *un = (const struct sockaddr_un *)&addr;
	const char *why;
	socklen_t len;

	ck_assert_int_eq(conf_address_parse("unix:@eddy", &addr, &len, &why), 0);
	ck_assert_uint_eq(len, offsetof(struct sockaddr_un, sun_path) + 5);
	ck_assert_mem_eq(un->sun_path, "\0eddy", 5);
}
END_TEST

static const struct {
	const char *text, *why;
} bad[] = {
	{"", "an address is written \"address:port\", such as \"127.0.0.1:8080\""},
	{"8080", "this is a port alone: write for example \"*:8080\" for all addresses, or "
		 "\"127.0.0.1:8080\" for this machine only"},
	{"http://127.0.0.1:80",
	 "this is a URL: an address is written \"address:port\", such as \"127.0.0.1:8080\""},
	{"127.0.0.1", "an address is written \"address:port\", such as \"127.0.0.1:8080\""},
	{"127.0.0.1:", "the port must be a number from 1 to 65535"},
	{"127.0.0.1:0", "the port must be a number from 1 to 65535"},
	{"127.0.0.1:65536", "the port must be a number from 1 to 65535"},
	{"127.0.0.1:99999999999999999999", "the port must be a number from 1 to 65535"},
	{"127.0.0.1:80x", "the port must be a number from 1 to 65535"},
	{"127.0.0.1:-1", "the port must be a number from 1 to 65535"},
	{"127.0.0.1: 80", "the port must be a number from 1 to 65535"},
	{"*:http", "the port must be a number from 1 to 65535"},
	{"256.0.0.1:80", "this is not an IPv4 address"},
	{"127.1:80", "this is not an IPv4 address"},
	{"localhost:80", "names are not looked up: give a number, such as \"127.0.0.1:8080\""},
	{"::1:80", "an IPv6 address stands in brackets, such as \"[::]:8080\""},
	{"[::1:80", "the closing \"]\" is missing"},
	{"[::1]", "the port is missing: write \"[address]:port\", such as \"[::]:8080\""},
	{"[::1]80", "the port is missing: write \"[address]:port\", such as \"[::]:8080\""},
	{"[::1]:", "the port must be a number from 1 to 65535"},
	{"[]:80", "what is in the brackets is not an IPv6 address"},
	{"[127.0.0.1]:80", "what is in the brackets is not an IPv6 address"},
	{"[fe80::1%eth0]:80",
	 "zones (\"%\") are not supported: give an address that is not link-local"},
	{"[::1111111111111111111111111111111111111111111111111111111111111111111]:1",
	 "this is too long for an address"},
	{"/run/web.sock", "a unix socket is written \"unix:/path\""},
	{"unix:", "a unix socket needs an absolute path, such as \"unix:/run/eddy/web.sock\", or a "
		  "name after \"@\""},
	{"unix:web", "a unix socket needs an absolute path, such as \"unix:/run/eddy/web.sock\", "
		     "or a name after \"@\""},
	{"unix:/", "the name of the unix socket is missing"},
	{"unix:@", "the name of the unix socket is missing"},
	{"unix:/run/", "the path of the unix socket names a directory"},
	{"unix:" LONG_107 "8", "the path of a unix socket is at most 107 bytes long"},
};

START_TEST(bad_address_says_why)
{
	struct sockaddr_storage addr;
	const char *why = "nothing";
	socklen_t len;

	ck_assert_msg(conf_address_parse(bad[_i].text, &addr, &len, &why) == -EINVAL, "%s",
		      bad[_i].text);
	ck_assert_str_eq(why, bad[_i].why);
}
END_TEST

START_TEST(name_of_a_passed_socket_is_for_a_listen_alone)
{
	struct sockaddr_storage addr;
	const char *why = "nothing";
	socklen_t len;

	ck_assert_int_eq(conf_listen_parse("fd:web server", &addr, &len, &why), 0);
	ck_assert_int_eq(addr.ss_family, AF_UNSPEC);
	ck_assert_uint_gt(len, 0);
	ck_assert_int_eq(conf_listen_parse("127.0.0.1:80", &addr, &len, &why), 0);
	ck_assert_int_eq(addr.ss_family, AF_INET);
	ck_assert_int_eq(conf_address_parse("fd:web", &addr, &len, &why), -EINVAL);
}
END_TEST

START_TEST(name_that_systemd_would_not_take_is_refused)
{
	static const char *const names[] = {"fd:", "fd:a:b", "fd:\t", "fd:\xc3\xbc"};
	char text[300] = "fd:";
	struct sockaddr_storage addr;
	const char *why;
	socklen_t len;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		why = "nothing";
		ck_assert_int_eq(conf_listen_parse(names[i], &addr, &len, &why), -EINVAL);
		ck_assert_ptr_nonnull(strstr(why, "FileDescriptorName="));
	}
	memset(text + 3, 'n', 255);
	ck_assert_int_eq(conf_listen_parse(text, &addr, &len, &why), 0);
	text[3 + 255] = 'n';
	ck_assert_int_eq(conf_listen_parse(text, &addr, &len, &why), -EINVAL);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, name_of_a_passed_socket_is_for_a_listen_alone);
	tcase_add_test(tcase, name_that_systemd_would_not_take_is_refused);
	tcase_add_loop_test(tcase, ip_address_is_parsed, 0, COUNT(good));
	tcase_add_test(tcase, port_0_is_parsed_where_any_port_will_do);
	tcase_add_test(tcase, unix_path_is_parsed);
	tcase_add_test(tcase, abstract_unix_name_is_parsed);
	tcase_add_loop_test(tcase, bad_address_says_why, 0, COUNT(bad));
}

int
main(void)
{
	return suite_run("conf/address", tests_add);
}
