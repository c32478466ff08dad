/*
 * SIGUSR2 and `eddyctl upgrade`; see upgrade.h.
 *
 * No signal is lost on the way: those that the loop has caught are acted upon before the state is
 * written, and what comes later stays pending in the kernel until the new program takes it.
 */
#include "daemon/upgrade.h"
#include "daemon/clock.h"
#include "daemon/handover.h"
#include "daemon/human.h"
#include "daemon/master.h"
#include "daemon/program.h"
#include "daemon/status.h"

#include <event2/event.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define TEXT_BYTES (UPGRADE_SAID_BYTES + 512)
#define EXIT_CANNOT_RUN 127 /* as a shell's */

/* how it ends -------------------------------------------------------------------------------- */

static bool
master_is_idle(const struct master *master)
{
	return master->state == MASTER_RUNNING && !master->reload.leaving && !master->reload.again;
}

static void
upgrade_refuse(struct master *master, int code, const char *text)
{
	const char *line = text;

	while (*line) {
		size_t n = strcspn(line, "\n");

		log_error(&master->log, "%.*s", (int)n, line);
		line += n + (line[n] == '\n');
	}
	log_error(&master->log, "upgrade failed: eddyd %s goes on", PACKAGE_VERSION);
	control_tell(&master->control, CONTROL_UPGRADE, CONTROL_ANY,
		     json_pack("{s:b, s:o, s:i}", "ok", 0, "error", status_text_json(text), "code",
			       code));
}

/* the descriptors and the environment of the next program ------------------------------------ */

static int
fd_inherit(int fd, bool inherit)
{
	return fcntl(fd, F_SETFD, inherit ? 0 : FD_CLOEXEC) < 0 ? -errno : 0;
}

/* 0, or -errno with none of them changed. */
static int
fds_inherit(const struct handover *handover, int state, bool inherit)
{
	int error = fd_inherit(state, inherit);

	for (size_t i = 0; !error && i < handover->whole.nfds; i++)
		error = fd_inherit(handover->whole.fds[i], inherit);
	if (error && inherit)
		fds_inherit(handover, state, false);
	return error;
}

/* This process's, and `handover` (HANDOVER_ENV=…). The caller's to free; NULL: no memory. */
static char **
env_with(char *handover)
{
	size_t n = 0;
	char **env;

	while (environ[n])
		n++;
	env = calloc(n + 2, sizeof(*env));
	if (!env)
		return NULL;
	memcpy(env, environ, n * sizeof(*env));
	env[n] = handover;
	return env;
}

/* the rehearsal ------------------------------------------------------------------------------ */

static _Noreturn void
rehearsal_fail(const char *program, int error)
{
	const char *why = strerrordesc_np(error);
	const char *words[] = {"cannot run ", program, ": ", why ? why : "unknown error"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (write(STDERR_FILENO, words[i], strlen(words[i])) < 0)
			break;
	_exit(EXIT_CANNOT_RUN);
}

/*
 * In the child, where only async-signal-safe functions are called. It has the state and the confs,
 * and no socket: whatever the program is, it can serve nobody. What it starts dies with its group.
 */
static _Noreturn void
rehearsal_exec(const struct master *master, int state, int words, char **env)
{
	const struct generation *generation;

	spawner_signals_reset();
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(master->spawner.null, STDIN_FILENO) < 0 || dup2(words, STDOUT_FILENO) < 0 ||
	    dup2(words, STDERR_FILENO) < 0)
		_exit(EXIT_CANNOT_RUN);
	fd_inherit(state, true);
	TAILQ_FOREACH(generation, &master->generations, entry)
		fd_inherit(generation->snapshot, true);
	execve(master->upgrade.program, master->options->argv, env);
	rehearsal_fail(master->upgrade.program, errno);
}

static pid_t
rehearsal_fork(const struct master *master, int state, int words, char **env)
{
	sigset_t all, before;
	pid_t pid;
	int error;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid = fork();
	error = errno;
	if (pid == 0)
		rehearsal_exec(master, state, words, env);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return pid < 0 ? -error : pid;
}

static int
rehearsal_start(struct master *master)
{
	struct upgrade *upgrade = &master->upgrade;
	struct handover handover;
	char said[sizeof(HANDOVER_ENV "=check:") + 16], **env;
	int state = handover_write(&handover, master), words[2] = {-1, -1};
	int error = state < 0 ? state : 0;
	pid_t pid = -1;

	snprintf(said, sizeof(said), HANDOVER_ENV "=check:%d", state);
	env = env_with(said);
	if (!error && !env)
		error = -ENOMEM;
	if (!error && pipe2(words, O_CLOEXEC) < 0)
		error = -errno;
	if (!error) {
		pid = rehearsal_fork(master, state, words[1], env);
		error = pid < 0 ? (int)pid : 0;
	}
	if (words[1] >= 0)
		close(words[1]);
	if (error && words[0] >= 0)
		close(words[0]);
	if (state >= 0)
		close(state);
	free(env);
	handover_fini(&handover);
	if (error)
		return error;
	upgrade->rehearsal = pid;
	upgrade->words = words[0];
	upgrade->late = false;
	timer_set(upgrade->deadline, UPGRADE_REHEARSAL_MS);
	return 0;
}

/* What it has printed, without the line end; what its own children print later is nobody's. */
static void
words_read(struct upgrade *upgrade, char *said, size_t size)
{
	ssize_t n = -1;

	if (fcntl(upgrade->words, F_SETFL, O_NONBLOCK) == 0)
		n = read(upgrade->words, said, size - 1);
	if (n < 0)
		n = 0;
	while (n > 0 && strchr("\r\n ", said[n - 1]))
		n--;
	said[n] = '\0';
	close(upgrade->words);
	upgrade->words = -1;
}

static void
end_describe(const struct upgrade *upgrade, int status, char *how, size_t size)
{
	const char *program = upgrade->program, *name;

	if (upgrade->late) {
		snprintf(how, size, "%s has not said within %d s whether it can take over", program,
			 UPGRADE_REHEARSAL_MS / 1000);
	} else if (WIFSIGNALED(status)) {
		name = sigabbrev_np(WTERMSIG(status));
		snprintf(how, size,
			 "%s was killed by SIG%s before it could say that it can take "
			 "over",
			 program, name ? name : "?");
	} else {
		snprintf(how, size, "%s cannot take over: it exited with code %d", program,
			 WEXITSTATUS(status));
	}
}

/* The reason why not: what it says itself, and how it has ended where that is not all. */
static void
rehearsal_failed(struct master *master, int status, const char *said)
{
	char how[512], text[TEXT_BYTES];
	int code = !WIFEXITED(status) ? EX_SOFTWARE : WEXITSTATUS(status);

	end_describe(&master->upgrade, status, how, sizeof(how));
	if (WIFEXITED(status) && code == EXIT_CANNOT_RUN && *said)
		snprintf(text, sizeof(text), "%s", said);
	else
		snprintf(text, sizeof(text), "%s%s%s", how, *said ? "\n" : "", said);
	upgrade_refuse(master, code == EX_CONFIG ? EX_CONFIG : EX_SOFTWARE, text);
}

bool
upgrade_reaped(struct master *master, pid_t pid, int status)
{
	struct upgrade *upgrade = &master->upgrade;
	char said[UPGRADE_SAID_BYTES];

	if (!upgrade->rehearsal || pid != upgrade->rehearsal)
		return false;
	upgrade->rehearsal = 0;
	event_del(upgrade->deadline);
	words_read(upgrade, said, sizeof(said));
	if (master->state >= MASTER_DRAINING)
		return true;
	if (WIFEXITED(status) && WEXITSTATUS(status) == HANDOVER_EXIT_FIT) {
		upgrade->due = true;
		event_base_loopbreak(master->base);
	} else {
		rehearsal_failed(master, status, said);
	}
	return true;
}

static void
rehearsal_kill(const struct upgrade *upgrade)
{
	/* The group, if it has come to making one. */
	if (kill(-upgrade->rehearsal, SIGKILL) < 0)
		kill(upgrade->rehearsal, SIGKILL);
}

static void
on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct master *master = arg;

	(void)fd;
	(void)what;
	master->upgrade.late = true;
	rehearsal_kill(&master->upgrade);
}

/* asking ------------------------------------------------------------------------------------- */

void
upgrade_look(struct master *master)
{
	struct upgrade *upgrade = &master->upgrade;
	char text[128];
	int error = 0;

	if (!upgrade->wanted || upgrade->due || upgrade->rehearsal || !master_is_idle(master))
		return;
	upgrade->wanted = false;
	if (!upgrade->program) {
		upgrade_refuse(master, EX_SOFTWARE, "where the program of eddyd is cannot be told");
		return;
	}
	error = rehearsal_start(master);
	if (!error)
		return;
	snprintf(text, sizeof(text), "cannot try the new program: %s", strerror(-error));
	upgrade_refuse(master, EX_OSERR, text);
}

int
upgrade_request(struct master *master, const char *who)
{
	struct upgrade *upgrade = &master->upgrade;

	if (master->state >= MASTER_DRAINING)
		return -ESHUTDOWN;
	if (upgrade->wanted || upgrade->due || upgrade->rehearsal)
		return 0;
	log_notice(&master->log, "upgrade, asked for by %s%s", who,
		   master_is_idle(master)	      ? ""
		   : master->state == MASTER_STARTING ? ": it follows the start"
						      : ": it follows the reload");
	upgrade->wanted = true;
	upgrade_look(master);
	return 0;
}

void
upgrade_abandon(struct master *master)
{
	struct upgrade *upgrade = &master->upgrade;

	if (upgrade->rehearsal)
		rehearsal_kill(upgrade);
	upgrade->wanted = upgrade->due = false;
	control_tell(&master->control, CONTROL_UPGRADE, CONTROL_ANY,
		     json_pack("{s:b, s:s, s:i}", "ok", 0, "error", "eddyd is stopping", "code",
			       EX_TEMPFAIL));
}

/* the exec ----------------------------------------------------------------------------------- */

/* It returns only if it has failed: -errno. */
static int
upgrade_exec(struct master *master)
{
	struct handover handover;
	char said[sizeof(HANDOVER_ENV "=") + 16], **env;
	int state = handover_write(&handover, master), error = state < 0 ? state : 0;

	snprintf(said, sizeof(said), HANDOVER_ENV "=%d", state);
	env = env_with(said);
	if (!error && !env)
		error = -ENOMEM;
	if (!error)
		error = fds_inherit(&handover, state, true);
	if (!error) {
		execve(master->upgrade.program, master->options->argv, env);
		error = -errno;
		fds_inherit(&handover, state, false);
	}
	if (state >= 0)
		close(state);
	free(env);
	handover_fini(&handover);
	return error;
}

void
upgrade_run(struct master *master)
{
	struct upgrade *upgrade = &master->upgrade;
	char text[TEXT_BYTES];
	int error;

	master_signals_block();
	/* Twice: what is caught comes to the loop in one turn, and is acted upon by the next. */
	for (int i = 0; i < 2 && master->state != MASTER_STOPPED; i++)
		event_base_loop(master->base, EVLOOP_ONCE | EVLOOP_NONBLOCK);
	upgrade->due = false; /* not before: who asks meanwhile is answered by this one */
	if (master_is_idle(master)) {
		error = upgrade_exec(master);
		snprintf(text, sizeof(text), "cannot run %s: %s", upgrade->program,
			 strerror(-error));
		upgrade_refuse(master, EX_SOFTWARE, text);
	} else if (master->state < MASTER_DRAINING) {
		upgrade->wanted = true; /* a reload has come first */
	}
	master_signals_unblock();
}

void
upgrade_done(struct master *master)
{
	const struct generation *generation;
	const struct child *child;
	const char *before = master->upgrade.before ? master->upgrade.before : "?";
	unsigned workers = 0;

	slot_add(slots_head(&master->slots)->upgrades, 1);
	TAILQ_FOREACH(generation, &master->generations, entry)
		TAILQ_FOREACH(child, &generation->children, entry)
			workers++;
	log_notice(&master->log,
		   "eddyd %s has taken over from eddyd %s: generation %u, %u worker%s",
		   PACKAGE_VERSION, before, master->running->number, workers, human_s(workers));
	control_tell(&master->control, CONTROL_UPGRADE, CONTROL_ANY,
		     json_pack("{s:b, s:s, s:s}", "ok", 1, "version", PACKAGE_VERSION, "before",
			       before));
}

/* life --------------------------------------------------------------------------------------- */

int
upgrade_init(struct master *master)
{
	struct upgrade *upgrade = &master->upgrade;

	*upgrade = (struct upgrade){.words = -1};
	upgrade->program = program_path(master->options->argv[0]);
	upgrade->deadline = evtimer_new(master->base, on_deadline, master);
	return upgrade->deadline ? 0 : -ENOMEM;
}

void
upgrade_fini(struct master *master)
{
	struct upgrade *upgrade = &master->upgrade;

	if (upgrade->deadline)
		event_free(upgrade->deadline);
	if (upgrade->rehearsal)
		rehearsal_kill(upgrade);
	if (upgrade->words >= 0)
		close(upgrade->words);
	free(upgrade->program);
	free(upgrade->before);
	*upgrade = (struct upgrade){.words = -1};
}
