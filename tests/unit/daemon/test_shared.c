/*
 * Listeners that modules ask for: who gets which, how long they stay, and what no worker is given
 * that its user could not have.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/shared.h"
#include "tests/unit/suite.h"

#define NOBODY 65534

static struct shared_table table;
static struct shared_uses one, two;
static struct log logger;
static const struct identity same, nobody = {.changes = true, .uid = NOBODY, .gid = NOBODY};
static char dir[64], path[128], why[SHARED_WHY_BYTES];

static void
setup(void)
{
	log_init(&logger, open("/dev/null", O_WRONLY | O_CLOEXEC));
	shared_init(&table, &logger);
	LIST_INIT(&one);
	LIST_INIT(&two);
	snprintf(dir, sizeof(dir), "/tmp/eddy-test-shared-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "unix:%s/s", dir);
}

static void
teardown(void)
{
	shared_drop_all(&table, &one);
	shared_drop_all(&table, &two);
	ck_assert_uint_eq(table.count, 0);
	ck_assert_int_eq(rmdir(dir), 0); /* no file is left in it */
	close(logger.fd);
}

static int
ask_as(const struct identity *identity, struct shared_uses *uses, uint32_t id, const char *address,
       const struct listener **listener)
{
	struct shared_ask ask = {.id = id, .address = address, .identity = identity};

	*listener = NULL;
	why[0] = '\0';
	return shared_take(&table, uses, &ask, listener, why, sizeof(why));
}

static const struct listener *
take(struct shared_uses *uses, uint32_t id, const char *address)
{
	const struct listener *listener;

	ck_assert_msg(ask_as(&same, uses, id, address, &listener) == 0, "%s: %s", address, why);
	ck_assert_ptr_nonnull(listener);
	return listener;
}

static void
take_fails(struct shared_uses *uses, const char *address, int error, const char *text)
{
	const struct listener *listener;

	ck_assert_int_eq(ask_as(&same, uses, 99, address, &listener), error);
	ck_assert_ptr_null(listener);
	ck_assert_msg(strstr(why, text) != NULL, "%s", why);
	ck_assert(!shared_holds(uses, 99));
}

static const char *
text_of(const struct listener *listener)
{
	static char text[2][LISTENER_ADDRESS_BYTES];
	static unsigned turn;

	turn++;
	return listener_format(listener, text[turn % 2], sizeof(text[0]));
}

/* The port of a listener behind another host. */
static const char *
beside(const char *host, const struct listener *listener)
{
	static char text[LISTENER_ADDRESS_BYTES];

	snprintf(text, sizeof(text), "%s%s", host, strrchr(text_of(listener), ':'));
	return text;
}

static bool
connects(const struct sockaddr_storage *addr, socklen_t addrlen)
{
	int fd = socket(addr->ss_family, SOCK_STREAM, 0);
	bool did = connect(fd, (const struct sockaddr *)addr, addrlen) == 0;

	close(fd);
	return did;
}

static int
option(int fd, int level, int name)
{
	int value = -1;
	socklen_t size = sizeof(value);

	getsockopt(fd, level, name, &value, &size);
	return value;
}

/* sharing ------------------------------------------------------------------------------------ */

START_TEST(socket_is_as_modules_want_it)
{
	int fd = take(&one, 1, "127.0.0.1:0")->fd;

	ck_assert_int_eq(fcntl(fd, F_GETFD), FD_CLOEXEC);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
	ck_assert_int_eq(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	ck_assert_int_eq(option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
}
END_TEST

START_TEST(workers_that_ask_for_the_same_address_share_it)
{
	const struct listener *first = take(&one, 1, "127.0.0.1:0");
	char address[LISTENER_ADDRESS_BYTES];

	ck_assert_ptr_eq(take(&two, 7, "127.0.0.1:0"), first);
	ck_assert_uint_eq(table.count, 1);
	shared_drop_all(&table, &one);
	shared_drop_all(&table, &two);
	first = take(&one, 1, "127.0.0.1:0");
	snprintf(address, sizeof(address), "%s", text_of(first));
	ck_assert_ptr_eq(take(&two, 1, address), first); /* by the port that was picked, too */
}
END_TEST

START_TEST(same_address_in_other_words_is_the_same)
{
	const struct listener *any = take(&one, 1, ":0");

	ck_assert_ptr_eq(take(&two, 1, beside("*", any)), any);
	ck_assert_ptr_eq(take(&two, 2, path), take(&one, 2, path));
}
END_TEST

START_TEST(addresses_are_told_in_one_line)
{
	char line[128], wanted[128];

	ck_assert_str_eq(shared_format(&table, line, sizeof(line)), "");
	snprintf(wanted, sizeof(wanted), "%s, ", text_of(take(&one, 1, "127.0.0.1:0")));
	strcat(wanted, text_of(take(&two, 1, path)));
	ck_assert_str_eq(shared_format(&table, line, sizeof(line)), wanted);
	ck_assert_str_eq(shared_format(&table, line, 20) + 16, "...");
}
END_TEST

START_TEST(port_0_is_one_port_for_all_and_another_each_time_a_worker_asks)
{
	const struct listener *first = take(&one, 1, "127.0.0.1:0"), *again, *other;

	again = take(&one, 2, "127.0.0.1:0");
	ck_assert_ptr_ne(again, first);
	ck_assert_str_ne(text_of(again), text_of(first));
	ck_assert_ptr_eq(take(&two, 1, "127.0.0.1:0"), first);
	ck_assert_ptr_eq(take(&two, 2, "127.0.0.1:0"), again);
	other = take(&two, 3, "127.0.0.2:0");
	ck_assert(other != first && other != again);
	ck_assert_uint_eq(table.count, 3);
}
END_TEST

START_TEST(listener_stays_until_the_last_worker_lets_go)
{
	const struct listener *listener = take(&one, 1, "127.0.0.1:0");
	struct sockaddr_storage addr = listener->addr;
	socklen_t addrlen = listener->addrlen;

	take(&two, 1, "127.0.0.1:0");
	shared_drop(&table, &one, 1);
	ck_assert(!shared_holds(&one, 1));
	ck_assert(connects(&addr, addrlen));
	shared_drop(&table, &two, 2); /* not its id */
	ck_assert(connects(&addr, addrlen));
	shared_drop_all(&table, &two);
	ck_assert(!connects(&addr, addrlen));
	ck_assert_uint_eq(table.count, 0);
}
END_TEST

START_TEST(file_of_a_unix_socket_goes_with_the_last_worker)
{
	take(&one, 1, path);
	take(&two, 1, path);
	shared_drop_all(&table, &one);
	ck_assert_int_eq(access(path + 5, F_OK), 0);
	shared_drop_all(&table, &two);
	ck_assert_int_eq(access(path + 5, F_OK), -1);
}
END_TEST

START_TEST(id_is_free_again_after_a_drop)
{
	take(&one, 1, "127.0.0.1:0");
	ck_assert(shared_holds(&one, 1));
	ck_assert(!shared_holds(&two, 1));
	shared_drop(&table, &one, 1);
	take(&one, 1, "127.0.0.2:0");
}
END_TEST

START_TEST(ipv6_is_alone_unless_asked_otherwise)
{
	struct shared_ask ask = {.id = 1, .address = "[::]:0", .dual = true, .identity = &same};
	const struct listener *dual, *alone;

	if (shared_take(&table, &one, &ask, &dual, why, sizeof(why)) == -EAFNOSUPPORT)
		return;
	alone = take(&two, 1, "[::]:0");
	ck_assert_ptr_ne(dual, alone);
	ck_assert_int_eq(option(dual->fd, IPPROTO_IPV6, IPV6_V6ONLY), 0);
	ck_assert_int_eq(option(alone->fd, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	ck_assert_int_eq(strncmp(text_of(alone), "[::]:", 5), 0);
}
END_TEST

/* what fails --------------------------------------------------------------------------------- */

START_TEST(address_that_is_none_is_said)
{
	take_fails(&one, "", -EINVAL, "an address is written");
	take_fails(&one, "localhost:80", -EINVAL, "names are not looked up");
	take_fails(&one, "127.0.0.1:65536", -EINVAL, "from 0 to 65535");
	ck_assert_uint_eq(table.count, 0);
}
END_TEST

START_TEST(worker_has_an_address_once)
{
	const struct listener *listener = take(&one, 1, "127.0.0.1:0");

	take_fails(&one, text_of(listener), -EADDRINUSE, "listens there already");
	take(&one, 2, path);
	take_fails(&one, path, -EADDRINUSE, "listens there already");
}
END_TEST

START_TEST(address_of_somebody_else_is_in_use)
{
	const struct listener *listener = take(&one, 1, "127.0.0.1:0");
	struct shared_table other;

	shared_init(&other, &logger);
	ck_assert_int_eq(shared_take(&other, &two,
				     &(struct shared_ask){.id = 1,
							  .address = text_of(listener),
							  .identity = &same},
				     &listener, why, sizeof(why)),
			 -EADDRINUSE);
	ck_assert_uint_eq(other.count, 0);
}
END_TEST

START_TEST(foreign_address_and_odd_files_are_as_bind_says)
{
	char text[160];
	int fd;

	take_fails(&one, "192.0.2.1:0", -EADDRNOTAVAIL, "no interface of this machine");
	snprintf(text, sizeof(text), "unix:%s/none/s", dir);
	take_fails(&one, text, -ENOENT, "directory does not exist");
	fd = open(path + 5, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	take_fails(&one, path, -EADDRINUSE, "is not a socket");
	close(fd);
	unlink(path + 5);
}
END_TEST

START_TEST(number_of_addresses_is_bounded)
{
	for (uint32_t i = 0; i < SHARED_MAX; i++)
		take(&one, i, "127.0.0.1:0");
	take_fails(&one, "127.0.0.1:0", -EMFILE, "64 other addresses");
	take(&two, 1, "127.0.0.1:0"); /* what is there is shared on */
	shared_drop(&table, &one, 5);
	take(&one, 5, "127.0.0.1:0");
}
END_TEST

/* rights ------------------------------------------------------------------------------------- */

static void
give(const char *file, unsigned to)
{
	ck_assert_int_eq(chown(file, to, to), 0);
}

static void
take_denied(const char *address)
{
	const struct listener *listener;

	ck_assert_int_eq(ask_as(&nobody, &two, 1, address, &listener), -EACCES);
	ck_assert_msg(strstr(why, "the workers' user may not bind that") != NULL, "%s", why);
	ck_assert_msg(strstr(why, "protocol = \"tcp\"") != NULL, "%s", why);
	ck_assert_uint_eq(geteuid(), 0);
	ck_assert_uint_eq(getegid(), 0);
}

START_TEST(port_that_is_roots_is_denied_to_others)
{
	if (geteuid() != 0)
		return;
	take_denied("127.0.0.1:1");
	take_denied("[::1]:1");
	ck_assert_uint_eq(table.count, 0);
}
END_TEST

START_TEST(directory_that_is_roots_is_denied_to_others)
{
	if (geteuid() != 0)
		return;
	take_denied(path);
	chmod(dir, 0755);
	take_denied(path);
	ck_assert_int_eq(access(path + 5, F_OK), -1);
}
END_TEST

START_TEST(what_others_may_bind_is_theirs)
{
	const struct listener *listener;
	struct stat st;

	if (geteuid() != 0)
		return;
	give(dir, NOBODY);
	ck_assert_int_eq(ask_as(&nobody, &one, 1, path, &listener), 0);
	ck_assert_int_eq(lstat(path + 5, &st), 0);
	ck_assert_uint_eq(st.st_uid, NOBODY);
	ck_assert_int_eq(ask_as(&nobody, &one, 2, "127.0.0.1:0", &listener), 0);
	ck_assert_int_eq(ask_as(&nobody, &one, 3, "unix:@eddy-test-shared", &listener), 0);
	ck_assert_int_eq(ask_as(&nobody, &two, 1, path, &listener), 0);
	shared_drop_all(&table, &one);
	shared_drop_all(&table, &two);
	ck_assert_int_eq(access(path + 5, F_OK), -1);
}
END_TEST

START_TEST(what_root_has_bound_is_not_shared_with_who_may_not)
{
	const struct listener *root, *listener;

	if (geteuid() != 0)
		return;
	if (ask_as(&same, &one, 1, "127.0.0.1:1", &root) == 0)
		take_denied("127.0.0.1:1");
	take(&one, 2, path);
	take_denied(path);
	root = take(&one, 3, "127.0.0.1:0");
	ck_assert_int_eq(ask_as(&nobody, &two, 3, "127.0.0.1:0", &listener), 0);
	ck_assert_ptr_eq(listener, root);
}
END_TEST

/* Who can write to the directory must not make root remove what is elsewhere. */
START_TEST(file_is_removed_with_the_rights_that_made_it)
{
	char inside[100], moved[100], victim[120];
	const struct listener *listener;
	struct stat st;

	if (geteuid() != 0)
		return;
	chmod(dir, 0755);
	snprintf(inside, sizeof(inside), "%s/theirs", dir);
	snprintf(moved, sizeof(moved), "%s/roots", dir);
	mkdir(inside, 0755);
	give(inside, NOBODY);
	snprintf(path, sizeof(path), "unix:%s/s", inside);
	ck_assert_int_eq(ask_as(&nobody, &one, 1, path, &listener), 0);
	rename(inside, moved); /* the same file, where they may not write any more */
	give(moved, 0);
	ck_assert_int_eq(symlink(moved, inside), 0);
	shared_drop_all(&table, &one);
	snprintf(victim, sizeof(victim), "%s/s", moved);
	ck_assert_int_eq(lstat(victim, &st), 0);
	unlink(victim);
	unlink(inside);
	rmdir(moved);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, socket_is_as_modules_want_it);
	tcase_add_test(tcase, workers_that_ask_for_the_same_address_share_it);
	tcase_add_test(tcase, same_address_in_other_words_is_the_same);
	tcase_add_test(tcase, addresses_are_told_in_one_line);
	tcase_add_test(tcase, port_0_is_one_port_for_all_and_another_each_time_a_worker_asks);
	tcase_add_test(tcase, listener_stays_until_the_last_worker_lets_go);
	tcase_add_test(tcase, file_of_a_unix_socket_goes_with_the_last_worker);
	tcase_add_test(tcase, id_is_free_again_after_a_drop);
	tcase_add_test(tcase, ipv6_is_alone_unless_asked_otherwise);
	tcase_add_test(tcase, address_that_is_none_is_said);
	tcase_add_test(tcase, worker_has_an_address_once);
	tcase_add_test(tcase, address_of_somebody_else_is_in_use);
	tcase_add_test(tcase, foreign_address_and_odd_files_are_as_bind_says);
	tcase_add_test(tcase, number_of_addresses_is_bounded);
	tcase_add_test(tcase, port_that_is_roots_is_denied_to_others);
	tcase_add_test(tcase, directory_that_is_roots_is_denied_to_others);
	tcase_add_test(tcase, what_others_may_bind_is_theirs);
	tcase_add_test(tcase, what_root_has_bound_is_not_shared_with_who_may_not);
	tcase_add_test(tcase, file_is_removed_with_the_rights_that_made_it);
}

int
main(void)
{
	return suite_run("daemon/shared", tests_add);
}
