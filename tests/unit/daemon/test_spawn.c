/*
 * Starting a worker: what it inherits, and how it says that it could not start.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/identity.h"
#include "daemon/spawn.h"
#include "tests/unit/suite.h"
#include "worker/contract.h"

static struct contract_message message;
static const struct identity same;
static struct spawner spawner;
static char script[64];
static int ends[2];

static void
setup(void)
{
	snprintf(script, sizeof(script), "/tmp/eddy-test-spawn-%d", getpid());
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", "1", 1);
	setenv("NOTIFY_SOCKET", "/x", 1);
	setenv("WATCHDOG_USEC", "1", 1);
	setenv("LISTENER", "stays", 1);
	setenv("NOTIFY_SOCKET_OF_MINE", "stays", 1);
	ck_assert_int_eq(spawner_init(&spawner, script), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
}

static void
teardown(void)
{
	spawner_fini(&spawner);
	unlink(script);
}

/* Runs a shell script in the worker's place; its exit code. */
static int
code_of(const char *text)
{
	FILE *out = fopen(script, "w");
	pid_t pid;
	int status;

	fprintf(out, "#!/bin/sh\n%s\n", text);
	fclose(out);
	chmod(script, 0755);
	pid = spawner_start(&spawner, ends[1], &same);
	ck_assert_int_gt(pid, 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(what_systemd_says_to_the_master_stays_there)
{
	for (char **entry = spawner.env; *entry; entry++) {
		ck_assert_int_ne(strncmp(*entry, "LISTEN_", 7), 0);
		ck_assert_int_ne(strncmp(*entry, "NOTIFY_SOCKET=", 14), 0);
		ck_assert_int_ne(strncmp(*entry, "WATCHDOG_", 9), 0);
	}
	ck_assert_int_eq(
		code_of("test \"$LISTENER\" = stays -a \"$NOTIFY_SOCKET_OF_MINE\" = stays"), 0);
}
END_TEST

START_TEST(number_of_the_link_is_reserved)
{
	ck_assert_int_gt(spawner.null, CONTRACT_LINK_FD);
	ck_assert_int_gt(ends[0], CONTRACT_LINK_FD);
	ck_assert_int_gt(ends[1], CONTRACT_LINK_FD);
}
END_TEST

START_TEST(worker_has_four_descriptors)
{
	int leaked =
		open("/dev/null", O_RDONLY); /* without O_CLOEXEC, as from whoever starts eddyd */

	ck_assert_int_ge(leaked, 4);
	/* The shell keeps its script open at 10 or 255, and ls the folder. */
	ck_assert_int_eq(
		code_of("for fd in 0 1 2 3; do test -e /proc/self/fd/$fd || exit 1; done\n"
			"for fd in 4 5 6 7 8 9; do test -e /proc/$$/fd/$fd && exit $fd; done\n"
			"test \"$(readlink /proc/$$/fd/0)\" = /dev/null || exit 2\n"
			"case $(readlink /proc/$$/fd/3) in socket:*) ;; *) exit 3;; esac"),
		0);
	close(leaked);
}
END_TEST

START_TEST(signals_are_default_and_open)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	/*
	 * Read by the shell itself: while it waits for a program, it blocks signals of its own
	 * accord. 32 and 33 are libc's: make starts its programs with them ignored, and no program
	 * may change it.
	 */
	ck_assert_int_eq(
		code_of("while read key value; do case $key in\n"
			"SigBlk: | SigIgn:) test $((0x$value & ~0x180000000)) -eq 0 || exit 1;;\n"
			"esac; done < /proc/$$/status"),
		0);
	sigprocmask(SIG_BLOCK, NULL, &set);
	ck_assert_int_eq(sigismember(&set, SIGTERM), 1); /* the master's mask is as it was */
	ck_assert_int_eq(sigismember(&set, SIGINT), 0);
}
END_TEST

START_TEST(program_that_cannot_run_is_said_over_the_link)
{
	const struct contract_fail *fail;
	const char *text;
	char expected[128];
	size_t size;
	pid_t pid = spawner_start(&spawner, ends[1], &same);
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(WEXITSTATUS(status), CONTRACT_EXIT_REFUSED);
	ck_assert_int_eq(contract_recv(ends[0], &message), 1);
	ck_assert_uint_eq(message.type, CONTRACT_FAIL);
	fail = contract_body(&message, sizeof(*fail), &text, &size);
	ck_assert_uint_eq(fail->kind, CONTRACT_FAIL_OTHER);
	snprintf(expected, sizeof(expected), "cannot run %s: No such file or directory", script);
	ck_assert_uint_eq(size, strlen(expected));
	ck_assert_mem_eq(text, expected, size);
}
END_TEST

static void
tests_add(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_systemd_says_to_the_master_stays_there);
	tcase_add_test(tcase, number_of_the_link_is_reserved);
	tcase_add_test(tcase, worker_has_four_descriptors);
	tcase_add_test(tcase, signals_are_default_and_open);
	tcase_add_test(tcase, program_that_cannot_run_is_said_over_the_link);
}

int
main(void)
{
	return suite_run("daemon/spawn", tests_add);
}
