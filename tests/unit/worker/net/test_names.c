/*
 * Which names can be asked for, which need no asking, and how servers are written.
 */
#include <arpa/inet.h>
#include <errno.h>

#include "../suite.h"
#include "net/dns_servers.h"
#include "net/names.h"

#define LABEL63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LABEL61 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define NAME253 LABEL63 "." LABEL63 "." LABEL63 "." LABEL61

START_TEST(hosts_are_labels_between_dots)
{
	static const char *const good[] = {"a",		  "a.b",   "a.b.",
					   "A-1.example", "_x.y",  "b\303\274.de",
					   LABEL63,	  NAME253, NAME253 "."};
	static const char *const bad[] = {"",	 ".",	      "..",	   "a..b", ".a",  "a b",
					  "a/b", "a:b",	      "a\\.b",	   "a%41", "a\n", "a@b",
					  "[a]", LABEL63 "a", NAME253 "a", "a.b.."};

	for (int i = 0; i < COUNT(good); i++)
		ck_assert_msg(name_is_host(good[i]), "%s", good[i]);
	for (int i = 0; i < COUNT(bad); i++)
		ck_assert_msg(!name_is_host(bad[i]), "%s", bad[i]);
}
END_TEST

START_TEST(askable_is_all_that_has_no_space_or_control_byte)
{
	char text[1018];

	ck_assert(name_is_askable("."));
	ck_assert(name_is_askable("_sip._tcp.example.test"));
	ck_assert(name_is_askable("a\\.b.test"));
	ck_assert(!name_is_askable(""));
	ck_assert(!name_is_askable("a b"));
	ck_assert(!name_is_askable("a\177"));
	ck_assert(!name_is_askable("a\n"));
	memset(text, 'a', sizeof(text));
	text[1017] = '\0';
	ck_assert(!name_is_askable(text));
	text[1016] = '\0';
	ck_assert(name_is_askable(text));
}
END_TEST

START_TEST(localhost_is_it_and_what_is_below)
{
	ck_assert(name_is_localhost("localhost"));
	ck_assert(name_is_localhost("LocalHost."));
	ck_assert(name_is_localhost("a.b.localhost"));
	ck_assert(!name_is_localhost("alocalhost"));
	ck_assert(!name_is_localhost("localhost.a"));
	ck_assert(!name_is_localhost("ocalhost"));
	ck_assert(!name_is_localhost("."));
	ck_assert(!name_is_localhost(""));
}
END_TEST

START_TEST(addresses_are_numbers_alone)
{
	struct net_address address;

	ck_assert(name_is_address("192.0.2.7", &address));
	ck_assert_int_eq(address.family, AF_INET);
	ck_assert_mem_eq(address.bytes, "\300\0\2\7", 4);
	ck_assert(name_is_address("2001:DB8::7", &address));
	ck_assert_int_eq(address.family, AF_INET6);
	ck_assert(!name_is_address("192.0.2", &address));
	ck_assert(!name_is_address("192.0.2.256", &address));
	ck_assert(!name_is_address("[::1]", &address));
	ck_assert(!name_is_address("", &address));
}
END_TEST

/* The loopback interface has the number 1, and is there wherever a test runs. */
START_TEST(an_address_of_ipv6_may_have_a_zone)
{
	static const char *const bad[] = {"fe80::1%",
					  "fe80::1%nothing",
					  "fe80::1%lo%lo",
					  "127.0.0.1%lo",
					  "fe80::1%0",
					  "%lo",
					  "fe80::1%interface-names-are-short"};
	char text[ADDRESS_TEXT_MAX];
	struct net_address address;

	ck_assert(name_is_address("fe80::1%lo", &address));
	ck_assert_uint_eq(address.zone, 1);
	address_format(&address, text);
	ck_assert_str_eq(text, "fe80::1%lo");
	ck_assert(name_is_address("fe80::1%1", &address));
	ck_assert_uint_eq(address.zone, 1);
	ck_assert(name_is_address("fe80::1%65000", &address));
	address_format(&address, text);
	ck_assert_str_eq(text, "fe80::1%65000");
	for (int i = 0; i < COUNT(bad); i++)
		ck_assert_msg(!name_is_address(bad[i], &address), "%s", bad[i]);
}
END_TEST

START_TEST(addresses_are_formatted_as_they_are_read)
{
	static const char *const good[] = {"192.0.2.7", "2001:db8::7", "::", "::ffff:192.0.2.7"};
	char text[ADDRESS_TEXT_MAX];
	struct net_address address;

	for (int i = 0; i < COUNT(good); i++) {
		ck_assert(name_is_address(good[i], &address));
		ck_assert_uint_eq(address.zone, 0);
		address_format(&address, text);
		ck_assert_str_eq(text, good[i]);
	}
}
END_TEST

START_TEST(addresses_have_names_below_arpa)
{
	struct net_address address;
	char name[ARPA_MAX];

	ck_assert(name_is_address("192.0.2.7", &address));
	address_to_arpa(&address, name);
	ck_assert_str_eq(name, "7.2.0.192.in-addr.arpa");
	ck_assert(name_is_address("2001:db8::a7", &address));
	address_to_arpa(&address, name);
	ck_assert_str_eq(name, "7.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
			       "ip6.arpa");
}
END_TEST

static const struct {
	const char *text, *formatted; /* NULL: refused */
} servers[] = {
	{"192.0.2.1", "192.0.2.1"},
	{"192.0.2.1:53", "192.0.2.1"},
	{"192.0.2.1:5353,192.0.2.2", "192.0.2.1:5353,192.0.2.2"},
	{"2001:db8::1", "[2001:db8::1]"},
	{"[2001:DB8::1]", "[2001:db8::1]"},
	{"[2001:db8::1]:65535,127.0.0.1", "[2001:db8::1]:65535,127.0.0.1"},
	{"1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,"
	 "1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1,1.1.1.1",
	 NULL},
	{"", NULL},
	{",", NULL},
	{"192.0.2.1,", NULL},
	{"192.0.2.1,,192.0.2.2", NULL},
	{"192.0.2.1 ", NULL},
	{"192.0.2.1:", NULL},
	{"192.0.2.1:0", NULL},
	{"192.0.2.1:65536", NULL},
	{"192.0.2.1:99999999999999999999", NULL},
	{"192.0.2.1:x", NULL},
	{"192.0.2.256", NULL},
	{"[192.0.2.1]:53", NULL},
	{"[2001:db8::1", NULL},
	{"[2001:db8::1]53", NULL},
	{"[]:53", NULL},
	{"example.test", NULL},
	{"1111111111111111111111111111111111111111111111111111111111111111", NULL},
};

START_TEST(servers_are_written_as_they_are_read)
{
	struct dns_servers list = {.n = 0};
	char text[DNS_SERVERS_TEXT];

	if (servers[_i].formatted == NULL) {
		ck_assert_int_eq(dns_servers_parse(&list, servers[_i].text), -EINVAL);
		ck_assert_uint_eq(list.n, 0);
		return;
	}
	ck_assert_int_eq(dns_servers_parse(&list, servers[_i].text), 0);
	ck_assert_uint_eq(dns_servers_format(&list, text), strlen(servers[_i].formatted));
	ck_assert_str_eq(text, servers[_i].formatted);
}
END_TEST

START_TEST(the_longest_list_has_room)
{
	struct dns_servers list = {.n = DNS_SERVERS_MAX};
	char text[DNS_SERVERS_TEXT];

	for (size_t i = 0; i < list.n; i++) {
		list.list[i] = (struct dns_server){.family = AF_INET6, .port = 65535};
		memset(list.list[i].address, 0xff, 16);
	}
	ck_assert_uint_lt(dns_servers_format(&list, text), sizeof(text));
}
END_TEST

static void
add_tests(TCase *tcase)
{
	tcase_add_test(tcase, hosts_are_labels_between_dots);
	tcase_add_test(tcase, askable_is_all_that_has_no_space_or_control_byte);
	tcase_add_test(tcase, localhost_is_it_and_what_is_below);
	tcase_add_test(tcase, addresses_are_numbers_alone);
	tcase_add_test(tcase, an_address_of_ipv6_may_have_a_zone);
	tcase_add_test(tcase, addresses_are_formatted_as_they_are_read);
	tcase_add_test(tcase, addresses_have_names_below_arpa);
	tcase_add_loop_test(tcase, servers_are_written_as_they_are_read, 0, COUNT(servers));
	tcase_add_test(tcase, the_longest_list_has_room);
}

int
main(void)
{
	return suite_run("names", add_tests);
}
