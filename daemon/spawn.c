/*
 * fork and exec of one worker.
 *
 * Between fork and exec only async-signal-safe functions are called. All signals are blocked across
 * the fork: the child still has the master's handlers then, which would write into the loop that it
 * shares with the master.
 */
#include "daemon/spawn.h"
#include "daemon/identity.h"
#include "worker/contract.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define INHERITED_MAX 65536 /* descriptors looked at one by one */

static const char *const private_env[] = {"FDSTORE=", "LISTEN_", "NOTIFY_SOCKET=", "WATCHDOG_"};

static bool
env_is_private(const char *entry)
{
	for (size_t i = 0; i < sizeof(private_env) / sizeof(private_env[0]); i++)
		if (strncmp(entry, private_env[i], strlen(private_env[i])) == 0)
			return true;
	return false;
}

static char **
env_for_workers(void)
{
	size_t n = 0, used = 0;
	char **env;

	while (environ[n])
		n++;
	env = calloc(n + 1, sizeof(*env));
	for (size_t i = 0; env && i < n; i++)
		if (!env_is_private(environ[i]))
			env[used++] = environ[i];
	return env;
}

/*
 * What the master opens itself is close-on-exec from the start; this is for what it was started
 * with. Some containers know no close_range(2).
 */
static void
inherited_mark(void)
{
	long most = sysconf(_SC_OPEN_MAX);

	if (close_range(CONTRACT_LINK_FD, ~0U, CLOSE_RANGE_CLOEXEC) == 0)
		return;
	for (int fd = CONTRACT_LINK_FD; fd < most && fd < INHERITED_MAX; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

int
spawner_init(struct spawner *spawner, const char *path)
{
	*spawner = (struct spawner){.path = path, .null = -1};
	do
		spawner->null = open("/dev/null", O_RDWR);
	while (spawner->null >= 0 && spawner->null <= CONTRACT_LINK_FD);
	if (spawner->null < 0)
		return -errno;
	inherited_mark();
	spawner->env = env_for_workers();
	return spawner->env ? 0 : -ENOMEM;
}

void
spawner_fini(struct spawner *spawner)
{
	free(spawner->env);
	if (spawner->null >= 0)
		close(spawner->null);
	*spawner = (struct spawner){.null = -1};
}

void
spawner_signals_reset(void)
{
	struct sigaction action = {.sa_handler = SIG_DFL};
	sigset_t none;

	for (int signo = 1; signo < NSIG; signo++)
		sigaction(signo, &action,
			  NULL); /* KILL, STOP and libc's own refuse, which is right */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * The worker cannot speak for itself yet: its last words, and the exit code that means no second
 * try.
 */
static _Noreturn void
child_fail(int link, const char *what, const char *name, int error)
{
	struct contract_fail fail = {.kind = CONTRACT_FAIL_OTHER};
	const char *why = strerrordesc_np(error);
	char text[512] = "";
	struct iovec parts[] = {{&fail, sizeof(fail)}, {text, 0}};
	const char *words[] = {what, name, ": ", why ? why : "unknown error"};
	size_t used = 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		for (const char *p = words[i]; *p && used < sizeof(text); p++)
			text[used++] = *p;
	parts[1].iov_len = used;
	contract_send(link, CONTRACT_FAIL, parts, 2, NULL, 0);
	_exit(CONTRACT_EXIT_REFUSED);
}

static _Noreturn void
child_run(const struct spawner *spawner, int link, const struct identity *identity)
{
	static char name[] = "eddy-worker";
	char *const argv[] = {name, NULL};
	int error;

	spawner_signals_reset();
	if (dup2(spawner->null, STDIN_FILENO) < 0 || dup2(link, CONTRACT_LINK_FD) < 0)
		child_fail(link, "cannot hand over the descriptors", "", errno);
	close_range(CONTRACT_LINK_FD + 1, ~0U,
		    CLOSE_RANGE_CLOEXEC); /* what a library has left open */
	error = identity_assume(identity);
	if (error)
		child_fail(link, "cannot become the user of the conf", "", -error);
	execve(spawner->path, argv, spawner->env);
	child_fail(link, "cannot run ", spawner->path, errno);
}

pid_t
spawner_start(const struct spawner *spawner, int link, const struct identity *identity)
{
	sigset_t all, before;
	pid_t pid;
	int error;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid = fork();
	error = errno;
	if (pid == 0)
		child_run(spawner, link, identity);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid < 0 ? -error : pid;
}
