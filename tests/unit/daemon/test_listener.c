/*
 * Listening sockets: how they are bound, and the difference between two confs.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/activation.h"
#include "daemon/listener.h"
#include "tests/unit/suite.h"

static const struct activation passed;
static struct conf_errors errors;
static struct listener_set old, new;
static unsigned port, other_port;
static char path[64];

/* A port that nobody uses now. */
static unsigned
port_find(void)
{
	struct sockaddr_in addr = {.sin_family = AF_INET,
				   .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t size = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	getsockname(fd, (struct sockaddr *)&addr, &size);
	close(fd);
	return ntohs(addr.sin_port);
}

static void
setup(void)
{
	port = port_find();
	other_port = port_find();
	snprintf(path, sizeof(path), "/tmp/eddy-test-listener-%d", getpid());
}

static void
teardown(void)
{
	listener_set_close(&new);
	listener_set_close(&old);
	conf_errors_fini(&errors);
	ck_assert_int_eq(access(path, F_OK), -1);
}

static struct conf_listen
want(const char *host, unsigned at)
{
	struct conf_listen listen = {.backlog = 16, .ipv6only = true, .mode = 0600};
	const char *why;
	char text[128];

	snprintf(text, sizeof(text), at ? "%s:%u" : "%s", host, at);
	listen.address = strdup(text);
	listen.where = (struct conf_where){"t.conf", 7};
	ck_assert_msg(conf_address_parse(text, &listen.addr, &listen.addrlen, &why) == 0, "%s",
		      text);
	return listen;
}

static struct conf_listen
want_unix(void)
{
	char text[80];

	snprintf(text, sizeof(text), "unix:%s", path);
	return want(text, 0);
}

static int
open_set(struct listener_set *set, struct conf_listen *listens, size_t n,
	 const struct listener_set *before)
{
	struct conf conf = {.listens = listens, .nlistens = n};
	int result = listener_set_open(set, &conf, before, &passed, &errors);

	for (size_t i = 0; i < n; i++)
		free(listens[i].address);
	return result;
}
#define OPEN(set, before, ...)                             \
	open_set(set, (struct conf_listen[]){__VA_ARGS__}, \
		 sizeof((struct conf_listen[]){__VA_ARGS__}) / sizeof(struct conf_listen), before)

static int
option(int fd, int level, int name)
{
	int value = -1;
	socklen_t size = sizeof(value);

	getsockopt(fd, level, name, &value, &size);
	return value;
}

static bool
connects(const char *host)
{
	struct conf_listen to = want(host, port);
	int fd = socket(to.addr.ss_family, SOCK_STREAM, 0);
	bool did = connect(fd, (struct sockaddr *)&to.addr, to.addrlen) == 0;

	close(fd);
	free(to.address);
	return did;
}

static const char *
first_error(void)
{
	static char text[512];

	ck_assert_uint_ge(errors.count, 1);
	conf_error_format(&errors.list[0], text, sizeof(text));
	return text;
}

START_TEST(socket_is_as_the_workers_want_it)
{
	int fd;

	ck_assert_int_eq(OPEN(&new, NULL, want("127.0.0.1", port)), 0);
	fd = new.list[0]->fd;
	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_REUSEADDR), 1);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_REUSEPORT), 0);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	ck_assert_int_ge(option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 1);
}
END_TEST

START_TEST(clients_of_a_tcp_listen_need_not_speak_first)
{
	struct conf_listen listen = want("127.0.0.1", port);
	struct conf conf = {.listens = &listen, .nlistens = 1};
	int fd;

	listen.protocol = CONF_TCP;
	ck_assert_int_eq(listener_set_open(&new, &conf, NULL, &passed, &errors), 0);
	fd = new.list[0]->fd;
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
	listen.protocol = CONF_HTTP; /* kept over a reload that makes it another */
	listener_set_adjust(&new, &conf);
	ck_assert_int_ge(option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 1);
	listen.protocol = CONF_TCP;
	listener_set_adjust(&new, &conf);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
	free(listen.address);
}
END_TEST

/* A conf with one listen at `port` that has a socket for each worker. */
static int
reuseport_open(struct listener_set *set, const struct listener_set *before, unsigned workers,
	       enum conf_accept accept)
{
	struct conf_listen listen = want("127.0.0.1", port);
	struct conf conf = {.listens = &listen, .nlistens = 1, .workers = workers};
	int result;

	listen.accept = accept;
	result = listener_set_open(set, &conf, before, &passed, &errors);
	free(listen.address);
	return result;
}

static void
reuseport_listen(const struct listener_set *set)
{
	struct conf_listen listen = {.backlog = 16};
	struct conf conf = {.listens = &listen, .nlistens = 1};

	listener_set_listen(set, &conf);
}

START_TEST(with_reuseport_there_is_a_socket_for_each_worker)
{
	const struct listener *listener;

	ck_assert_int_eq(reuseport_open(&new, NULL, 3, CONF_ACCEPT_REUSEPORT), 0);
	listener = new.list[0];
	ck_assert_uint_eq(listener->nmore, 2);
	for (size_t i = 0; i < 2; i++) { /* nobody is sure yet to accept at them */
		ck_assert_int_eq(option(listener->more[i], SOL_SOCKET, SO_REUSEPORT), 1);
		ck_assert_int_eq(option(listener->more[i], SOL_SOCKET, SO_ACCEPTCONN), 0);
		ck_assert_int_eq(fcntl(listener->more[i], F_GETFD), FD_CLOEXEC);
	}
	reuseport_listen(&new);
	for (size_t i = 0; i < 2; i++)
		ck_assert_int_eq(option(listener->more[i], SOL_SOCKET, SO_ACCEPTCONN), 1);
}
END_TEST

START_TEST(sockets_stay_when_there_are_fewer_workers_or_they_share)
{
	ck_assert_int_eq(reuseport_open(&old, NULL, 4, CONF_ACCEPT_REUSEPORT), 0);
	reuseport_listen(&old);
	ck_assert_int_eq(reuseport_open(&new, &old, 2, CONF_ACCEPT_REUSEPORT), 0);
	ck_assert_uint_eq(new.list[0]->nmore, 3);
	listener_set_close(&new);
	ck_assert_int_eq(reuseport_open(&new, &old, 2, CONF_ACCEPT_SHARED), 0);
	reuseport_listen(&new);
	listener_set_close(&old);
	ck_assert_uint_eq(new.list[0]->nmore, 3);
	ck_assert_int_eq(option(new.list[0]->more[2], SOL_SOCKET, SO_ACCEPTCONN), 1);
}
END_TEST

START_TEST(sockets_of_a_reload_that_fails_are_closed)
{
	const struct listener *listener;

	ck_assert_int_eq(reuseport_open(&old, NULL, 2, CONF_ACCEPT_REUSEPORT), 0);
	reuseport_listen(&old);
	listener = old.list[0];
	ck_assert_int_eq(reuseport_open(&new, &old, 5, CONF_ACCEPT_REUSEPORT), 0);
	ck_assert_uint_eq(listener->nmore, 4);
	listener_set_close(&new);
	ck_assert_uint_eq(listener->nmore, 1);
	ck_assert_int_eq(option(listener->more[0], SOL_SOCKET, SO_ACCEPTCONN), 1);
}
END_TEST

START_TEST(a_shared_socket_is_joined_by_others_and_left_alone_again)
{
	int fd;

	ck_assert_int_eq(reuseport_open(&old, NULL, 3, CONF_ACCEPT_SHARED), 0);
	fd = old.list[0]->fd;
	ck_assert_int_eq(reuseport_open(&new, &old, 3, CONF_ACCEPT_REUSEPORT), 0);
	ck_assert_ptr_eq(new.list[0], old.list[0]);
	ck_assert_uint_eq(new.list[0]->nmore, 2);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_REUSEPORT), 1);
	listener_set_close(&new); /* the reload has failed */
	ck_assert_uint_eq(old.list[0]->nmore, 0);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_REUSEPORT), 0);
}
END_TEST

START_TEST(more_sockets_than_a_message_carries_are_not_made)
{
	ck_assert_int_eq(reuseport_open(&new, NULL, CONF_WORKERS_MAX, CONF_ACCEPT_REUSEPORT), 0);
	ck_assert_uint_eq(1 + new.list[0]->nmore, LISTENER_SOCKETS_MAX);
}
END_TEST

START_TEST(ipv6_is_alone_or_dual_as_the_conf_says)
{
	struct conf_listen dual = want("[::]", port);

	ck_assert_int_eq(OPEN(&old, NULL, want("[::]", port)), 0);
	ck_assert(connects("[::1]"));
	ck_assert(!connects("127.0.0.1"));
	listener_set_close(&old);
	dual.ipv6only = false;
	ck_assert_int_eq(OPEN(&old, NULL, dual), 0);
	ck_assert(connects("[::1]"));
	ck_assert(connects("127.0.0.1"));
}
END_TEST

START_TEST(same_address_keeps_the_same_socket)
{
	ck_assert_int_eq(OPEN(&old, NULL, want("127.0.0.1", port), want_unix()), 0);
	ck_assert_int_eq(OPEN(&new, &old, want_unix(), want("127.0.0.1", port)), 0);
	ck_assert_ptr_eq(new.list[0], old.list[1]);
	ck_assert_ptr_eq(new.list[1], old.list[0]);
	ck_assert_uint_eq(new.list[0]->refs, 2);
	listener_set_close(&old);
	ck_assert(connects("127.0.0.1"));
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(new_ones_are_opened_and_removed_ones_closed)
{
	ck_assert_int_eq(OPEN(&old, NULL, want("127.0.0.1", port), want_unix()), 0);
	ck_assert_int_eq(OPEN(&new, &old, want("127.0.0.1", other_port)), 0);
	ck_assert(connects("127.0.0.1")); /* until the switch, the old ones serve on */
	listener_set_close(&old);
	ck_assert(!connects("127.0.0.1"));
	ck_assert_int_eq(access(path, F_OK), -1);
	port = other_port;
	ck_assert(connects("127.0.0.1"));
}
END_TEST

START_TEST(failure_closes_what_was_new_and_leaves_the_old)
{
	struct listener_set taken = {0};

	ck_assert_int_eq(OPEN(&taken, NULL, want("127.0.0.1", other_port)), 0);
	ck_assert_int_eq(OPEN(&old, NULL, want("127.0.0.1", port)), 0);
	ck_assert_int_eq(OPEN(&new, &old, want("127.0.0.1", port), want_unix(),
			      want("127.0.0.1", other_port), want("127.0.0.1", other_port)),
			 -1);
	ck_assert_uint_eq(new.count, 0);
	ck_assert_uint_eq(errors.count, 2); /* every one is said, not only the first */
	ck_assert_uint_eq(old.list[0]->refs, 1);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert(connects("127.0.0.1"));
	listener_set_close(&taken);
}
END_TEST

START_TEST(taken_port_is_said_with_its_place)
{
	char expected[128];

	ck_assert_int_eq(OPEN(&old, NULL, want("127.0.0.1", port)), 0);
	ck_assert_int_eq(OPEN(&new, NULL, want("127.0.0.1", port)), -1);
	snprintf(expected, sizeof(expected),
		 "t.conf:7: cannot listen on 127.0.0.1:%u: Address already in use: a module of "
		 "this eddyd listens there",
		 port);
	ck_assert_int_eq(strncmp(first_error(), expected, strlen(expected)), 0);
}
END_TEST

START_TEST(foreign_address_is_said)
{
	ck_assert_int_eq(OPEN(&new, NULL, want("192.0.2.1", port)), -1);
	ck_assert_ptr_nonnull(strstr(first_error(), "no interface of this machine"));
}
END_TEST

/* From any address to one, and back: the two overlap while both are bound. */
START_TEST(overlapping_address_can_replace_another)
{
	struct conf_listen dual = want("[::]", port);

	dual.ipv6only = false;
	ck_assert_int_eq(OPEN(&old, NULL, want("*", port)), 0);
	ck_assert_int_eq(OPEN(&new, &old, want("127.0.0.1", port)), 0);
	ck_assert_int_eq(option(old.list[0]->fd, SOL_SOCKET, SO_REUSEPORT), 0);
	ck_assert_int_eq(option(new.list[0]->fd, SOL_SOCKET, SO_REUSEPORT), 0);
	listener_set_close(&old);
	ck_assert(connects("127.0.0.1"));
	ck_assert_int_eq(OPEN(&old, &new, dual), 0);
	listener_set_close(&new);
	ck_assert(connects("[::1]"));
	ck_assert(connects("127.0.0.1"));
}
END_TEST

START_TEST(stored_sockets_share_their_port_as_before_when_another_has_come_beside)
{
	struct activation kept = {0};
	struct conf_listen all = want("*", port);
	struct listener *beside;
	char why[LISTENER_WHY_BYTES];
	int on = 1, fd;

	ck_assert_int_eq(OPEN(&old, NULL, want("127.0.0.1", port)), 0);
	fd = dup(old.list[0]->fd);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)), 0);
	ck_assert_ptr_nonnull(activation_add(&kept, fd, "eddyd/tcp/127.0.0.1"));
	ck_assert_int_eq(listener_open(&beside, &all, NULL, &kept, why, sizeof(why)), 0);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_REUSEPORT), 1);
	listener_unref(beside);
	activation_fini(&kept);
	free(all.address);
}
END_TEST

START_TEST(other_ipv6only_is_another_listener)
{
	struct conf_listen dual = want("[::]", port);

	dual.ipv6only = false;
	ck_assert_int_eq(OPEN(&old, NULL, want("[::]", port)), 0);
	ck_assert_int_eq(OPEN(&new, &old, dual), 0);
	ck_assert_ptr_ne(new.list[0], old.list[0]);
	listener_set_close(&old);
	ck_assert(connects("127.0.0.1"));
}
END_TEST

START_TEST(unix_socket_whose_file_is_gone_is_made_anew)
{
	ck_assert_int_eq(OPEN(&old, NULL, want_unix()), 0);
	unlink(path);
	ck_assert_int_eq(OPEN(&new, &old, want_unix()), 0);
	ck_assert_ptr_ne(new.list[0], old.list[0]);
	listener_set_close(&old);
	ck_assert_int_eq(access(path, F_OK), 0);
}
END_TEST

START_TEST(mode_of_a_kept_unix_socket_follows_the_conf)
{
	struct conf_listen listen = want_unix();
	struct conf conf = {.listens = &listen, .nlistens = 1};
	struct stat st;

	ck_assert_int_eq(listener_set_open(&new, &conf, NULL, &passed, &errors), 0);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	listen.mode = 0666;
	listener_set_adjust(&new, &conf);
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0666);
	free(listen.address);
}
END_TEST

START_TEST(addresses_are_listed_and_cut)
{
	char buf[128], expected[128], small[12];

	ck_assert_str_eq(listener_set_format(&new, buf, sizeof(buf)), "");
	ck_assert_int_eq(OPEN(&new, NULL, want("127.0.0.1", port), want_unix()), 0);
	snprintf(expected, sizeof(expected), "127.0.0.1:%u, unix:%s", port, path);
	ck_assert_str_eq(listener_set_format(&new, buf, sizeof(buf)), expected);
	ck_assert_str_eq(listener_set_format(&new, small, sizeof(small)), "127.0.0....");
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, socket_is_as_the_workers_want_it);
	tcase_add_test(tcase, clients_of_a_tcp_listen_need_not_speak_first);
	tcase_add_test(tcase, with_reuseport_there_is_a_socket_for_each_worker);
	tcase_add_test(tcase, sockets_stay_when_there_are_fewer_workers_or_they_share);
	tcase_add_test(tcase, sockets_of_a_reload_that_fails_are_closed);
	tcase_add_test(tcase, a_shared_socket_is_joined_by_others_and_left_alone_again);
	tcase_add_test(tcase, more_sockets_than_a_message_carries_are_not_made);
	tcase_add_test(tcase, ipv6_is_alone_or_dual_as_the_conf_says);
	tcase_add_test(tcase, same_address_keeps_the_same_socket);
	tcase_add_test(tcase, new_ones_are_opened_and_removed_ones_closed);
	tcase_add_test(tcase, failure_closes_what_was_new_and_leaves_the_old);
	tcase_add_test(tcase, taken_port_is_said_with_its_place);
	tcase_add_test(tcase, foreign_address_is_said);
	tcase_add_test(tcase, overlapping_address_can_replace_another);
	tcase_add_test(tcase,
		       stored_sockets_share_their_port_as_before_when_another_has_come_beside);
	tcase_add_test(tcase, other_ipv6only_is_another_listener);
	tcase_add_test(tcase, unix_socket_whose_file_is_gone_is_made_anew);
	tcase_add_test(tcase, mode_of_a_kept_unix_socket_follows_the_conf);
	tcase_add_test(tcase, addresses_are_listed_and_cut);
}

int
main(void)
{
	return suite_run("daemon/listener", tests_add);
}
