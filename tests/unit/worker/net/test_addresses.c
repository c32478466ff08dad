/*
 * Connections are counted by address, and nobody is counted twice or forgotten.
 */
#include <arpa/inet.h>
#include <errno.h>

#include "../suite.h"
#include "net/addresses.h"

static struct addresses addresses;

static void
setup(unsigned max)
{
	ck_assert_int_eq(addresses_init(&addresses, max), 0);
}

static sa_family_t
address_read(const char *text, uint8_t address[16])
{
	sa_family_t family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;

	ck_assert_int_eq(inet_pton(family, text, address), 1);
	return family;
}

static int
add(const char *text)
{
	uint8_t address[16] = {0};
	sa_family_t family = address_read(text, address);

	return addresses_add(&addresses, family, address);
}

static void
drop(const char *text)
{
	uint8_t address[16] = {0};
	sa_family_t family = address_read(text, address);

	addresses_remove(&addresses, family, address);
}

/* The n-th of many addresses, of IPv4 and of IPv6. */
static sa_family_t
address_nth(uint32_t n, uint8_t address[16])
{
	uint32_t number = htonl(n);

	memset(address, 0, 16);
	if (n % 2 == 0) {
		memcpy(address, &number, 4);
		return AF_INET;
	}
	address[0] = 0x20;
	memcpy(address + 4, &number, 4);
	return AF_INET6;
}

START_TEST(address_has_as_many_as_it_may)
{
	setup(2);
	ck_assert_int_eq(add("192.0.2.1"), 0);
	ck_assert_int_eq(add("192.0.2.1"), 0);
	ck_assert_int_eq(add("192.0.2.1"), -EUSERS);
	ck_assert_int_eq(add("192.0.2.2"), 0);
	drop("192.0.2.1");
	ck_assert_int_eq(add("192.0.2.1"), 0);
	ck_assert_int_eq(add("192.0.2.1"), -EUSERS);
	addresses_fini(&addresses);
}
END_TEST

START_TEST(a_net_of_64_bits_counts_as_one_ipv6_address)
{
	setup(2);
	ck_assert_int_eq(add("2001:db8:1:2::1"), 0);
	ck_assert_int_eq(add("2001:db8:1:2:ffff::9"), 0);
	ck_assert_int_eq(add("2001:db8:1:2:3:4:5:6"), -EUSERS);
	ck_assert_int_eq(add("2001:db8:1:3::1"), 0);
	addresses_fini(&addresses);
}
END_TEST

START_TEST(ipv4_counts_the_same_through_an_ipv6_socket)
{
	setup(2);
	ck_assert_int_eq(add("192.0.2.1"), 0);
	ck_assert_int_eq(add("::ffff:192.0.2.1"), 0);
	ck_assert_int_eq(add("::ffff:192.0.2.1"), -EUSERS);
	ck_assert_int_eq(add("192.0.2.1"), -EUSERS);
	ck_assert_int_eq(add("::ffff:192.0.2.2"), 0);
	ck_assert_int_eq(add("::1"), 0);
	drop("::ffff:192.0.2.1");
	ck_assert_int_eq(add("192.0.2.1"), 0);
	addresses_fini(&addresses);
}
END_TEST

START_TEST(no_ipv6_net_is_taken_for_an_ipv4_address)
{
	setup(1);
	ck_assert_int_eq(add("1.2.3.4"), 0);
	ck_assert_int_eq(add("102:304:ffff::1"), 0);
	ck_assert_int_eq(add("403:201:ffff::1"), 0);
	ck_assert_int_eq(add("ffff:0:102:304::1"), 0);
	addresses_fini(&addresses);
}
END_TEST

START_TEST(without_a_limit_nothing_is_counted)
{
	setup(0);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(add("192.0.2.1"), 0);
	drop("192.0.2.1");
	ck_assert_uint_eq(addresses.used, 0);
	addresses_fini(&addresses);
}
END_TEST

START_TEST(unix_sockets_are_not_counted)
{
	const uint8_t none[16] = {0};

	setup(1);
	for (int i = 0; i < 10; i++)
		ck_assert_int_eq(addresses_add(&addresses, AF_UNIX, none), 0);
	addresses_remove(&addresses, AF_UNIX, none);
	ck_assert_uint_eq(addresses.used, 0);
	addresses_fini(&addresses);
}
END_TEST

START_TEST(table_grows_with_a_crowd_and_shrinks_when_it_leaves)
{
	enum { CROWD = 50000 };
	uint8_t address[16];
	size_t first;

	setup(1);
	first = addresses.size;
	for (uint32_t i = 0; i < CROWD; i++) {
		sa_family_t family = address_nth(i, address);

		ck_assert_int_eq(addresses_add(&addresses, family, address), 0);
	}
	ck_assert_uint_eq(addresses.used, CROWD);
	ck_assert_uint_ge(addresses.size, 2 * CROWD);
	for (uint32_t i = 0; i < CROWD; i++) {
		sa_family_t family = address_nth(i, address);

		ck_assert_int_eq(addresses_add(&addresses, family, address), -EUSERS);
		addresses_remove(&addresses, family, address);
	}
	ck_assert_uint_eq(addresses.used, 0);
	ck_assert_uint_eq(addresses.size, first);
	addresses_fini(&addresses);
}
END_TEST

/* Against a plain array of counts, through many additions and removals in any order. */
START_TEST(counts_are_right_whatever_comes_and_goes)
{
	enum { ADDRESSES = 300, TURNS = 300000, MAX = 3 };
	unsigned counts[ADDRESSES] = {0}, used = 0;
	uint8_t address[16];

	setup(MAX);
	srandom(1);
	for (int turn = 0; turn < TURNS; turn++) {
		/* crowds and calm, so that the table is resized in between */
		uint32_t n = (uint32_t)random() % (turn / 20000 % 2 ? ADDRESSES : 5);
		sa_family_t family = address_nth(n, address);

		if (random() % 2) {
			ck_assert_int_eq(addresses_add(&addresses, family, address),
					 counts[n] < MAX ? 0 : -EUSERS);
			used += counts[n] == 0;
			counts[n] += counts[n] < MAX;
		} else if (counts[n] > 0) {
			addresses_remove(&addresses, family, address);
			used -= --counts[n] == 0;
		}
		ck_assert_uint_eq(addresses.used, used);
	}
	addresses_fini(&addresses);
}
END_TEST

START_TEST(hash_is_of_this_table_alone)
{
	struct addresses other;
	size_t same = 0;

	setup(1);
	ck_assert_int_eq(addresses_init(&other, 1), 0);
	for (int i = 0; i < 256; i++)
		same += addresses.hash[0][i] == other.hash[0][i];
	ck_assert_uint_lt(same, 8);
	addresses_fini(&other);
	addresses_fini(&addresses);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_test(tcase, address_has_as_many_as_it_may);
	tcase_add_test(tcase, a_net_of_64_bits_counts_as_one_ipv6_address);
	tcase_add_test(tcase, ipv4_counts_the_same_through_an_ipv6_socket);
	tcase_add_test(tcase, no_ipv6_net_is_taken_for_an_ipv4_address);
	tcase_add_test(tcase, without_a_limit_nothing_is_counted);
	tcase_add_test(tcase, unix_sockets_are_not_counted);
	tcase_add_test(tcase, table_grows_with_a_crowd_and_shrinks_when_it_leaves);
	tcase_add_test(tcase, counts_are_right_whatever_comes_and_goes);
	tcase_add_test(tcase, hash_is_of_this_table_alone);
}

int
main(void)
{
	return suite_run("net/addresses", tests_add);
}
