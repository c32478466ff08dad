/*
 * Sockets that were passed: what each one is, and which of them a listen of the conf means.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

#include "conf/conf.h"
#include "daemon/activation.h"
#include "tests/unit/suite.h"

static struct activation passed;
static char why[512];

static void
teardown(void)
{
	activation_fini(&passed);
}

/* At an address of the conf's form; 0 is a port that the kernel picks. */
static int
listening(const char *text, bool ipv6only)
{
	struct sockaddr_storage addr;
	socklen_t len;
	const char *wrong;
	int fd, only = ipv6only;

	ck_assert_int_eq(conf_address_parse_any_port(text, &addr, &len, &wrong), 0);
	fd = socket(addr.ss_family, SOCK_STREAM, 0);
	if (addr.ss_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, len), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

/* What a conf says that wants that very socket. */
static struct conf_listen
want_of(const struct activation_socket *sock)
{
	return (struct conf_listen){.addr = sock->addr,
				    .addrlen = sock->addrlen,
				    .ipv6only = sock->ipv6only,
				    .address = (char *)"it"};
}

static struct conf_listen
want_named(const char *text)
{
	struct conf_listen want = {.address = (char *)(uintptr_t)text};
	const char *wrong;

	ck_assert_int_eq(conf_listen_parse(text, &want.addr, &want.addrlen, &wrong), 0);
	return want;
}

START_TEST(socket_is_found_by_address_and_by_name)
{
	struct activation_socket *web =
		activation_add(&passed, listening("127.0.0.1:0", true), "web");
	struct conf_listen want = want_of(web), named = want_named("fd:web");

	ck_assert_ptr_null(web->wrong);
	ck_assert_ptr_eq(activation_find(&passed, &want, why, sizeof(why)), web);
	ck_assert_ptr_eq(activation_find(&passed, &named, why, sizeof(why)), web);
	((struct sockaddr_in *)&want.addr)->sin_port ^= 1;
	ck_assert_ptr_null(activation_find(&passed, &want, why, sizeof(why)));
	ck_assert_str_eq(why, "");
	named = want_named("fd:other");
	ck_assert_ptr_null(activation_find(&passed, &named, why, sizeof(why)));
	ck_assert_str_ne(why, "");
}
END_TEST

START_TEST(socket_of_a_unit_stays_and_a_stored_one_is_given_away)
{
	struct activation_socket *web, *kept;
	int fd;

	ck_assert_ptr_nonnull(activation_add(&passed, listening("127.0.0.1:0", true), "web"));
	kept = activation_add(&passed, listening("127.0.0.1:0", true), "eddyd/tcp/127.0.0.1-1");
	web = &passed.list[0];
	ck_assert(!web->stored && kept->stored);
	fd = activation_take(web);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_ne(fd, web->fd);
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_ne(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	close(fd);
	fd = activation_take(kept);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(kept->fd, -1);
	close(fd);
}
END_TEST

START_TEST(ipv6_with_and_without_ipv4_are_not_the_same)
{
	int fd = socket(AF_INET6, SOCK_STREAM, 0);
	struct activation_socket *web;
	struct conf_listen want;

	if (fd < 0)
		return;
	close(fd);
	web = activation_add(&passed, listening("[::]:0", false), "web");
	ck_assert(!web->ipv6only);
	want = want_of(web);
	ck_assert_ptr_eq(activation_find(&passed, &want, why, sizeof(why)), web);
	want.ipv6only = true;
	ck_assert_ptr_null(activation_find(&passed, &want, why, sizeof(why)));
	ck_assert(activation_explain(&passed, &want, why, sizeof(why)));
	ck_assert_ptr_nonnull(strstr(why, "{ ipv6only = false }"));
	ck_assert_ptr_nonnull(strstr(why, "\"fd:web\""));
}
END_TEST

START_TEST(unix_sockets_are_found_as_the_conf_writes_them)
{
	char text[64];
	struct conf_listen want;
	struct activation_socket *web;

	for (int i = 0; i < 2; i++) {
		snprintf(text, sizeof(text), "unix:%s-%d",
			 i ? "@eddy-activation" : "/tmp/eddy-activation", getpid());
		want = want_named(text);
		web = activation_add(&passed, listening(text, true), "web");
		ck_assert_ptr_eq(activation_find(&passed, &want, why, sizeof(why)), web);
	}
	snprintf(text, sizeof(text), "/tmp/eddy-activation-%d", getpid());
	unlink(text);
}
END_TEST

START_TEST(stored_unix_socket_without_its_file_is_not_found)
{
	char text[64];
	struct conf_listen want;

	snprintf(text, sizeof(text), "unix:/tmp/eddy-activation-%d", getpid());
	want = want_named(text);
	ck_assert_ptr_nonnull(
		activation_add(&passed, listening(text, true), "eddyd/unix/7-7/tmp/other"));
	ck_assert_ptr_null(activation_find(&passed, &want, why, sizeof(why)));
	unlink(text + strlen("unix:"));
}
END_TEST

START_TEST(what_cannot_be_listened_at_says_why)
{
	struct conf_listen named = want_named("fd:web");
	const int kinds[] = {socket(AF_INET, SOCK_DGRAM, 0), socket(AF_INET, SOCK_STREAM, 0),
			     open("/dev/null", O_RDONLY), 9999};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		ck_assert_ptr_nonnull(activation_add(&passed, kinds[i], "web")->wrong);
		ck_assert_ptr_null(activation_find(&passed, &named, why, sizeof(why)));
		ck_assert_str_eq(why, passed.list[0].wrong);
		activation_fini(&passed);
	}
}
END_TEST

START_TEST(number_that_is_not_open_is_not_closed_when_somebody_has_it)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	close(fd);
	ck_assert_ptr_nonnull(activation_add(&passed, fd, "eddyd/tcp/127.0.0.1-1")->wrong);
	ck_assert_int_eq(socket(AF_INET, SOCK_STREAM, 0), fd);
	activation_fini(&passed);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

START_TEST(variables_go_whoever_they_were_for)
{
	setenv("LISTEN_PID", "1", 1);
	setenv("LISTEN_FDS", "2", 1);
	setenv("LISTEN_FDNAMES", "a:b", 1);
	ck_assert_int_eq(activation_init(&passed, NULL), 0);
	ck_assert_uint_eq(passed.count, 0);
	ck_assert_ptr_null(getenv("LISTEN_PID"));
	ck_assert_ptr_null(getenv("LISTEN_FDS"));
	ck_assert_ptr_null(getenv("LISTEN_FDNAMES"));
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_test(tcase, socket_is_found_by_address_and_by_name);
	tcase_add_test(tcase, socket_of_a_unit_stays_and_a_stored_one_is_given_away);
	tcase_add_test(tcase, ipv6_with_and_without_ipv4_are_not_the_same);
	tcase_add_test(tcase, unix_sockets_are_found_as_the_conf_writes_them);
	tcase_add_test(tcase, stored_unix_socket_without_its_file_is_not_found);
	tcase_add_test(tcase, what_cannot_be_listened_at_says_why);
	tcase_add_test(tcase, number_that_is_not_open_is_not_closed_when_somebody_has_it);
	tcase_add_test(tcase, variables_go_whoever_they_were_for);
}

int
main(void)
{
	return suite_run("daemon/activation", tests_add);
}
